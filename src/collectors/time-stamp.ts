// Time stamps of the forms tools print, as milliseconds since 1970.

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Fixed offsets of the zone names that are unambiguous enough; others make the stamp unknown. */
const zoneMinutes: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  Z: 0,
  WET: 0,
  WEST: 60,
  CET: 60,
  CEST: 120,
  MEZ: 60,
  MESZ: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  JST: 540,
  KST: 540,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  EST: -300,
  EDT: -240,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  BST: 60,
  SAST: 120,
};

/** RFC 3339 with any number of fraction digits. Docker's zero time (year 1) is no time. */
export function parseIsoTime(text: string | undefined): number | undefined {
  const match =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,12})?\s?(Z|[+-]\d\d:?\d\d)?(?:\s[A-Z]{2,5})?$/.exec(
      text ?? "",
    );
  if (!match || match[1]?.startsWith("0001")) return undefined;
  const fraction = (match[3] ?? ".0").slice(0, 4);
  const zone = (match[4] ?? "Z").replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  const value = Date.parse(`${match[1]}T${match[2]}${fraction}${zone}`);
  return Number.isNaN(value) ? undefined : value;
}

/**
 * What `date` prints in its common locales and formats: `Thu Sep 10 18:22:31 UTC 2026`, `Thu 10 Sep 2026 06:22:31 PM UTC`,
 * `Thu, 10 Sep 2026 18:22:31 +0000`, ISO forms. Undefined when the zone is not known.
 */
export function parseDateOutput(text: string): number | undefined {
  const line = text.trim().slice(0, 80);
  const iso = parseIsoTime(line);
  if (iso !== undefined) return iso;
  const clock = /(?:^|\s)(\d{1,2}):(\d\d):(\d\d)(?:[.,]\d+)?(?:\s?([AP]M))?(?=\s|$)/i.exec(line);
  const year = /(?:^|\s)((?:19|20)\d\d)(?=\s|$|,)/.exec(line)?.[1];
  const month = months.findIndex((name) =>
    new RegExp(`(?:^|\\s|\\d\\.)${name}[a-z]*\\.?(?=\\s|$|,)`, "i").test(line),
  );
  if (!clock || year === undefined || month === -1) return undefined;
  const withoutClock = line.replace(clock[0], " ").replace(/[+-]\d{4}\b/, " ");
  const day = /(?:^|\s)(\d{1,2})(?=\s|,|\.|$)/.exec(withoutClock)?.[1];
  const zone = zoneOf(line);
  if (day === undefined || zone === undefined) return undefined;
  const hour = (Number(clock[1]) % (clock[4] ? 12 : 24)) + (clock[4]?.toUpperCase() === "PM" ? 12 : 0);
  const utc = Date.UTC(Number(year), month, Number(day), hour, Number(clock[2]), Number(clock[3]));
  return utc - zone * 60_000;
}

function zoneOf(line: string): number | undefined {
  const numeric = /(?:^|\s)([+-])(\d\d):?(\d\d)(?=\s|$)/.exec(line);
  if (numeric) return (numeric[1] === "-" ? -1 : 1) * (Number(numeric[2]) * 60 + Number(numeric[3]));
  for (const [word] of line.matchAll(/\b[A-Z]{1,5}\b/g)) {
    const minutes = zoneMinutes[word];
    if (minutes !== undefined) return minutes;
  }
  return undefined;
}
