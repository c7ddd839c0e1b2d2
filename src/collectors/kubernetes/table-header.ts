// The header line of a `kubectl get` table: which columns, and where each begins.

export interface Column {
  /** Upper case, without spaces and hyphens, so that `ACCESS MODES` and `ACCESSMODES` are one: `ACCESSMODES`. */
  readonly name: string;
  readonly start: number;
}

/** Headings of more than one word, in canonical form. */
const phrases = new Set(
  (
    "LASTSEEN FIRSTSEEN NOMINATEDNODE READINESSGATES ACCESSMODES RECLAIMPOLICY NODESELECTOR LASTSCHEDULE " +
    "MINAVAILABLE MAXUNAVAILABLE ALLOWEDDISRUPTIONS CREATEDAT"
  ).split(" "),
);

const words = new Set([
  ...phrases,
  ...(
    "NAMESPACE NAME READY STATUS RESTARTS AGE IP NODE LABELS UPTODATE AVAILABLE DESIRED CURRENT CONTAINERS IMAGES SELECTOR " +
    "CONTAINER(S) IMAGE(S) COMPLETIONS DURATION SUCCESSFUL SCHEDULE SUSPEND ACTIVE TIMEZONE TYPE CLUSTERIP EXTERNALIP PORT(S) " +
    "ENDPOINTS ADDRESSTYPE PORTS VOLUME CAPACITY STORAGECLASS VOLUMEATTRIBUTESCLASS VOLUMEMODE CLAIM REASON PROVISIONER " +
    "VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION ROLES VERSION INTERNALIP OSIMAGE KERNELVERSION CONTAINERRUNTIME OBJECT MESSAGE " +
    "SUBOBJECT SOURCE COUNT KIND FROM FIRSTSEENTIME DATA PODSELECTOR CLASS HOSTS ADDRESS REQUEST LIMIT REFERENCE TARGETS " +
    "MINPODS MAXPODS REPLICAS WEBHOOKS SECRETS ROLE RECONCILED PAUSED CPU(CORES) CPU% CPU(%) MEMORY(BYTES) MEMORY% MEMORY(%) " +
    "POD CONTROLLER PARAMETERS HOLDER ERROR SERVICE VALUE GLOBALDEFAULT PREEMPTIONPOLICY ATTACHER PV ATTACHED CREATED"
  ).split(" "),
]);

const first = new Set(["NAMESPACE", "NAME", "LASTSEEN", "FIRSTSEEN", "POD"]);
/** Canonical names of headings that only kubectl prints; one of them makes a short header certain. */
const telling = new Set(
  (
    "LASTSEEN FIRSTSEEN READY RESTARTS UPTODATE CLUSTERIP PORT(S) ENDPOINTS ACCESSMODES STORAGECLASS PROVISIONER ROLES " +
    "INTERNALIP CONTAINERRUNTIME PODSELECTOR CPU(CORES) RECLAIMPOLICY AGE COMPLETIONS SCHEDULE NOMINATEDNODE CREATEDAT WEBHOOKS ERROR"
  ).split(" "),
);

/** What every header begins with, behind whatever `cleanRow` takes away. */
const mayBeHeader = /^[\s"*•>|-]*(?:NAME|LAST|FIRST|POD)/;

/** Text in front of the cells that a tool or a person added: list bullets, quotes of a JSON list of lines. */
export function cleanRow(line: string): string {
  const quoted = /^\s*"(.*)",?\s*$/.exec(line);
  const text = quoted?.[1] ?? line;
  return text.replace(/^\s*(?:[-*•>|]\s+)?/, "").trimEnd();
}

/** The columns, or undefined when this is not a kubectl header. `anyColumn` accepts headings kubectl's own types lack. */
export function readHeader(line: string, anyColumn = false): readonly Column[] | undefined {
  if (line.length > 1_000 || !mayBeHeader.test(line)) return undefined;
  const clean = cleanRow(line);
  if (!/^(?:NAME|LAST|FIRST|POD)/.test(clean) || !/^[A-Z0-9()%/:+. \t_-]*$/.test(upper(clean)))
    return undefined;
  const columns = splitHeader(upper(clean));
  const [head] = columns;
  if (!head || columns.length < 2 || !first.has(head.name)) return undefined;
  const known = columns.filter((column) => words.has(column.name)).length;
  if (known === columns.length && columns.some((column) => telling.has(column.name))) return columns;
  return anyColumn || (known >= 2 && columns.at(-1)?.name === "AGE") ? columns : undefined;
}

/** `CPU(cores)` and `MEMORY(bytes)` are the only headings with small letters. */
function upper(text: string): string {
  return text.replace(/\((?:cores|bytes)\)/g, (unit) => unit.toUpperCase());
}

function splitHeader(line: string): Column[] {
  const columns: Column[] = [];
  const wide = /\s{2,}|\t/.test(line);
  for (const match of line.matchAll(wide ? /\S+(?: \S+)*/g : /\S.*/g)) {
    const name = canonical(match[0]);
    if (wide && words.has(name)) columns.push({ name, start: match.index });
    else columns.push(...splitWords(match[0], match.index, wide));
  }
  return columns;
}

/** Headings one space apart, as in a paste whose runs of spaces were collapsed. */
function splitWords(chunk: string, offset: number, keepUnknown: boolean): Column[] {
  const parts = [...chunk.matchAll(/\S+/g)];
  const columns: Column[] = [];
  for (let i = 0; i < parts.length; i++) {
    const start = offset + (parts[i]?.index ?? 0);
    const pair = canonical(`${parts[i]?.[0]}${parts[i + 1]?.[0] ?? ""}`);
    const isPair = i + 1 < parts.length && phrases.has(pair);
    columns.push({ name: isPair ? pair : canonical(parts[i]?.[0] ?? ""), start });
    if (isPair) i++;
  }
  const allKnown = columns.every((column) => words.has(column.name));
  return allKnown || !keepUnknown ? columns : [{ name: canonical(chunk), start: offset }];
}

function canonical(heading: string): string {
  return heading.replace(/[\s-]/g, "");
}
