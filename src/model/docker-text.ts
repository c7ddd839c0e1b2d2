// The short forms that `docker run` options and compose files share: `-p 127.0.0.1:9100:9100/tcp`, `-v data:/prometheus:ro`.
import type { DockerMount, PublishedPort } from "./docker.ts";
import { given } from "./given.ts";
import type { Place } from "./place.ts";

const maxPorts = 512;

/** `9100`, `9100:9100`, `127.0.0.1:8000-8010:9000-9010/udp`, `[::1]:80:80`, `0.0.0.0::80`. Empty when it is none of these. */
export function parsePublishText(text: string, at: Place): PublishedPort[] {
  const match =
    /^(?:(\[[0-9a-fA-F:.]{2,45}\]|[0-9a-zA-Z.-]{1,255}):)?(?:(\d{0,5}(?:-\d{1,5})?):)?(\d{1,5}(?:-\d{1,5})?)(?:\/([a-z]{2,4}))?$/.exec(
      text.trim(),
    );
  if (!match) return [];
  let [, address, published] = match;
  const [, , , target = "", protocol = "tcp"] = match;
  // `9100:9100` matches with the first number as address
  if (published === undefined && address !== undefined && /^\d{1,5}(?:-\d{1,5})?$/.test(address)) {
    published = address;
    address = undefined;
  }
  const containerPorts = portsOfRange(target);
  const hostPorts = published === undefined || published === "" ? [] : portsOfRange(published);
  return containerPorts.map((containerPort, i) =>
    given({
      at,
      hostIP: address?.replace(/^\[|\]$/g, ""),
      hostPort: hostPorts[containerPorts.length === 1 ? 0 : i],
      containerPort,
      protocol,
    }),
  );
}

/** `9100` or `9100-9110`; empty when the numbers are no port range. */
export function portsOfRange(text: string): number[] {
  const [from, to = from] = text.split("-");
  const first = Number(from);
  const last = Number(to);
  if (text === "" || !(first >= 0 && last >= first && last <= 65_535)) return [];
  return Array.from({ length: Math.min(last - first + 1, maxPorts) }, (_, i) => first + i);
}

/** `/host:/container:ro,z`, `volume:/container`, `/anonymous`, `./relative:/x`, `C:\data:/data`. */
export function parseMountText(text: string, at: Place): DockerMount | undefined {
  const parts = splitMount(text.trim());
  const [first = "", second, options] = parts;
  if (first === "") return undefined;
  if (second === undefined) return { at, type: "volume", target: first };
  const isPath = /^(?:[/.~$\\]|[A-Za-z]:[\\/])/.test(first);
  const words = options?.split(",") ?? [];
  return given({
    at,
    type: isPath ? ("bind" as const) : ("volume" as const),
    source: first,
    name: isPath ? undefined : first,
    target: second,
    readOnly: words.includes("ro") || words.includes("readonly") ? true : undefined,
    propagation: words.find((word) => /^r?(?:shared|slave|private)$/.test(word)),
  });
}

function splitMount(text: string): string[] {
  const drive = /^[A-Za-z]:(?=[\\/])/.exec(text)?.[0] ?? "";
  const [first = "", ...rest] = maskVariables(text.slice(drive.length));
  return [drive + first, ...rest];
}

/** Splits at colons, but not inside `${VAR:-default}`. */
function maskVariables(text: string): string[] {
  const parts: string[] = [""];
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (char === "$" && text[i + 1] === "{") depth += 1;
    if (char === "}" && depth > 0) depth -= 1;
    if (char === ":" && depth === 0) parts.push("");
    else parts.push((parts.pop() ?? "") + (char ?? ""));
  }
  return parts;
}

const mountTypes = ["bind", "tmpfs", "volume"] as const;

/** `type=bind,source=/a,target=/b,readonly` of `--mount`. */
export function parseMountOption(text: string, at: Place): DockerMount | undefined {
  const options = new Map(
    text.split(",").map((pair): [string, string] => {
      const equals = pair.indexOf("=");
      return equals === -1
        ? [pair.trim(), "true"]
        : [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
    }),
  );
  const target = options.get("target") ?? options.get("destination") ?? options.get("dst");
  if (target === undefined) return undefined;
  const type = options.get("type") ?? "volume";
  const source = options.get("source") ?? options.get("src");
  const readOnly = options.get("readonly") ?? options.get("ro");
  return given({
    at,
    type: mountTypes.find((known) => known === type) ?? "volume",
    source,
    name: type === "volume" ? source : undefined,
    target,
    readOnly: readOnly === undefined ? undefined : readOnly !== "false",
    propagation: options.get("bind-propagation"),
  });
}

/** Memory limits of Docker: `512m`, `1.5g`, `1073741824`, all in powers of 1024. */
export function parseMemory(text: string): number | undefined {
  const match = /^(\d{1,18}(?:\.\d{1,6})?)\s?([bkmgt]?)i?b?$/i.exec(text.trim());
  if (!match) return undefined;
  const power = { b: 0, k: 1, m: 2, g: 3, t: 4 }[(match[2] ?? "").toLowerCase()] ?? 0;
  return Math.round(Number(match[1]) * 1024 ** power);
}
