// What stands on a host now, of everything a deployment wants there: one command, and a second one for the texts that differ.
import { randomBytes } from "node:crypto";
import { type HostRecord, type Phase, phases } from "../../model/deployment.ts";
import { type DesiredHost, ownerLabels } from "../../model/desired.ts";
import { isRecord, itemsOf, type JsonRecord } from "../../model/json-value.ts";
import { quoteWord, quoteWords } from "../../model/quote.ts";
import { Refused } from "../edit/refusal.ts";
import { failureOf, type HostAccess, mustRun, runScript } from "../transaction/doors.ts";
import {
  contentsScript,
  type PathFact,
  parseContents,
  parsePaths,
  pathsScript,
} from "../transaction/host-paths.ts";
import { readRecord, recordPath } from "./host-part.ts";

export interface Observed {
  readonly host: string;
  readonly isRoot: boolean;
  readonly facts: ReadonlyMap<string, PathFact>;
  /** Behind which the hashes of secrets were made. */
  readonly salt: string;
  readonly records: Readonly<Partial<Record<Phase, HostRecord>>>;
  /** By path: records that are there and cannot be read, and why. */
  readonly damaged: Readonly<Record<string, string>>;
  /** Other stacks whose records lie in the same folder. */
  readonly sharedWith: readonly string[];
  /** Those of our names, all that carry our label, and who uses data that was there before the stack. */
  readonly containers: readonly JsonRecord[];
  /** Texts of files that differ, when they were asked for. */
  readonly contents: ReadonlyMap<string, string>;
  /** Of the images that were asked for. */
  readonly images: ReadonlySet<string>;
}

export interface ObserveWish {
  readonly desired: DesiredHost;
  readonly stack: string;
  readonly directory: string;
}

export function engineOf({ runtime }: DesiredHost): "docker" | "podman" {
  return runtime === "podman" ? "podman" : "docker";
}

/** Folders and volumes that the stack's containers write to and that are not the stack's own. */
export function olderData({ containers }: DesiredHost, directory: string): readonly string[] {
  const written = containers.flatMap(({ mounts }) =>
    mounts.filter(({ readOnly, inherited }) => !readOnly || inherited),
  );
  return [...new Set(written.map(({ source }) => source))].filter(
    (source) => !source.startsWith(`${directory}/`),
  );
}

const longest = 64 * 1024 * 1024;

/** What is asked of a host in one go; the benchmark asks the same over a bare ssh. */
export function observeScript({ desired, stack, directory }: ObserveWish, salt: string): string {
  const engine = engineOf(desired);
  const texts = desired.files.map(({ path }) => path);
  const records = phases.map((phase) => recordPath(directory, phase));
  const secrets = desired.secrets.map(({ path }) => path);
  const paths = [...desired.directories.map(({ path }) => path), ...texts, ...secrets, ...records];
  const names = desired.containers.map(({ name }) => name);
  const users = olderData(desired, directory).map(
    (source) => ` $(${engine} ps -q --no-trunc --filter ${quoteWord(`volume=${source}`)})`,
  );
  return `PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
id -u
${pathsScript(
  paths,
  [...texts, ...records],
  secrets.map((path) => ({ path, salt })),
)}
echo wm-records
for r in ${quoteWords(records)}; do if [ -f "$r" ]; then head -c 4000000 "$r" | tr -d '\\n'; fi; echo; done
echo wm-containers
command -v ${engine} >/dev/null 2>&1 || { echo "${engine} is not installed" >&2; exit 91; }
i=$(${engine} ps -aq --no-trunc --filter ${quoteWord(`label=${ownerLabels.stack}=${stack}`)}) || exit 92
${engine} container inspect ${quoteWords(names)} $i${users.join("")} 2>/dev/null || :`;
}

export async function observeHost(access: HostAccess, wish: ObserveWish): Promise<Observed> {
  const salt = randomBytes(12).toString("hex");
  const { desired, stack } = wish;
  const engine = engineOf(desired);
  const script = observeScript(wish, salt);
  const result = await runScript(access, script, { maxBytes: longest });
  if (result.code !== 0 || result.truncated) throw new Refused("unreadable", whyNot(access, engine, result));
  const out = Buffer.from(result.stdout).toString("utf8");
  const [head = "", rest = ""] = halves(out, "\nwm-records\n");
  const [recordLines = "", json = ""] = halves(rest, "\nwm-containers\n");
  const facts = parsePaths(head);
  const lines = recordLines.split("\n");
  const read = phases.map((phase, i) =>
    readRecord(lines[i] ?? "", facts.get(recordPath(wish.directory, phase))?.is === "file"),
  );
  const list: unknown = JSON.parse(json.trim() === "" ? "[]" : json);
  const byId = new Map(
    itemsOf(list)
      .filter(isRecord)
      .map((one) => [String(one.Id), one]),
  );
  return {
    host: access.door.host,
    isRoot: /^0$/m.test(head.slice(0, 2)),
    facts,
    salt,
    records: Object.fromEntries(
      phases.flatMap((phase, i) => {
        const one = read[i];
        return one?.is === "read" && one.record.stack === stack ? [[phase, one.record]] : [];
      }),
    ),
    sharedWith: [
      ...new Set(
        read.flatMap((one) => (one.is === "read" && one.record.stack !== stack ? [one.record.stack] : [])),
      ),
    ],
    damaged: Object.fromEntries(
      phases.flatMap((phase, i) => {
        const one = read[i];
        return one?.is === "damaged" ? [[recordPath(wish.directory, phase), one.because]] : [];
      }),
    ),
    containers: [...byId.values()],
    contents: new Map(),
    images: new Set(),
  };
}

/** The second command: what stands in files that differ, and which images are there. */
export async function lookCloser(
  access: HostAccess,
  observed: Observed,
  paths: readonly string[],
  images: readonly string[],
  engine: "docker" | "podman",
): Promise<Observed> {
  if (paths.length === 0 && images.length === 0) return observed;
  const present = images.map(
    (ref) => `${engine} image inspect ${quoteWord(ref)} >/dev/null 2>&1 && echo ${quoteWord(ref)}`,
  );
  const script = `${paths.length > 0 ? contentsScript(paths) : ":"}
echo; echo wm-images
${present.join("\n")}
:`;
  const out = await mustRun(access, "what is there now", script, { maxBytes: longest });
  const contents = parseContents(out, paths);
  const tail = out.subarray(out.lastIndexOf("\nwm-images\n") + "\nwm-images\n".length).toString("utf8");
  return {
    ...observed,
    contents: new Map([...contents].map(([path, bytes]) => [path, bytes.toString("utf8")])),
    images: new Set(tail.split("\n").filter((line) => line !== "")),
  };
}

function halves(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + mark.length)];
}

function whyNot(access: HostAccess, engine: string, result: Awaited<ReturnType<typeof runScript>>): string {
  const said = failureOf(access, result);
  if (result.code === 91) return `${engine} is not installed on ${access.door.host}`;
  if (result.code === 92) return `the container engine of ${access.door.host} cannot be asked: ${said}`;
  return said;
}
