// What is never done, whoever proposes it: steps that are refused before anything is looked at.
import { isIP } from "node:net";
import type { Step } from "../../model/plan.ts";

/** Why the step is never carried out; undefined when nothing speaks against it. */
export function denyStep(step: Step): string | undefined {
  if (step.do === "set-owner") return denyOwner(step);
  if (step.do === "admit-source") return denySource(step);
  if (step.do === "write-file")
    return denyPath(step.path) ?? denyCommands(step.content) ?? denyMode(step.mode);
  if (step.do === "edit-document" || step.do === "replace-lines") {
    const path = step.live?.kind === "file" ? step.live.path : undefined;
    return path === undefined ? undefined : denyPath(path);
  }
  return undefined;
}

/** One machine is let in, never a network or everybody; and what names it goes into rules as it is. */
function denySource({
  source,
  port,
  chain,
  table,
  zone,
}: Extract<Step, { readonly do: "admit-source" }>): string | undefined {
  const isOne = isIP(source) !== 0 && !/^(?:0\.0\.0\.0|::)$/.test(source);
  if (!isOne) return `${source} is not the address of one machine: a port is never opened to a network`;
  if (port === 22) return "port 22 is how the host is entered: its rules are a person's";
  const odd = [chain, table, zone].find((name) => name !== undefined && !/^[\w.:-]{1,64}$/.test(name));
  return odd === undefined ? undefined : `${odd} is no name of a chain, table or zone`;
}

/** Trees that belong to the system: an owner that is wrong there is repaired by its package, not by us. */
const systemTrees = /^\/(?:bin|boot|dev|etc|lib|lib64|libexec|proc|root|run|sbin|sys|usr)(?:\/|$)/;

function denyOwner({ path, mode, below }: Extract<Step, { readonly do: "set-owner" }>): string | undefined {
  if (below?.names.some((name) => /^[*.]*$|\//.test(name)))
    return `everything below ${path} is more than is known to be wrong: nothing is changed recursively`;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length < 2) return `${path} holds things of others: its owner is never changed`;
  // Settings of components below /etc are theirs; the rest of these trees is the system's.
  if (systemTrees.test(path) && !/^\/etc\/[^/]+\//.test(path))
    return `${path} belongs to the system: its owner is never changed`;
  return denyMode(mode);
}

function denyMode(mode: number | undefined): string | undefined {
  if (mode === undefined) return undefined;
  const text = mode.toString(8).padStart(4, "0");
  if ((mode & 0o7777) !== mode) return `${text} is no mode`;
  if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0)
    return `mode ${text} lets everybody write; the owner is what has to fit`;
  return undefined;
}

/** Blocks, write-ahead logs and chunks are data, and data is never edited or removed as a way to start again. */
const dataPath =
  /\/(?:wal|wbl|chunks_head|chunks|tsdb-shipper-(?:active|cache))\/|\/[0-9A-HJKMNP-TV-Z]{26}\/(?:chunks|index|meta\.json|tombstones)/;

function denyPath(path: string): string | undefined {
  return dataPath.test(path)
    ? `${path} is data (a block or a write-ahead log) and is never written`
    : undefined;
}

const commands: readonly (readonly [RegExp, string])[] = [
  [
    /\bch(?:mod|own|grp)(?=\s)[^;&|\n]{0,80}?\s(?:-[a-zA-Z]{0,6}R|--recursive)/,
    "a recursive chmod or chown reaches files of others",
  ],
  [/\bchmod\s[^;&|\n]{0,40}?\b0?777\b/, "mode 777 lets everybody write"],
  [/\brm\s[^;&|\n]{0,200}?(?:\/wal\b|chunks_head|\/tsdb\b|[0-9A-HJKMNP-TV-Z]{26})/, "data is deleted"],
  [
    /--force\b[^;&|\n]{0,60}--grace-period[= ]0|--grace-period[= ]0[^;&|\n]{0,60}--force\b/,
    "a pod is deleted by force",
  ],
];

/** Commands that a change would bring into a script, an init container or a unit. */
export function denyCommands(text: string): string | undefined {
  const padded = ` ${text}`;
  const found = commands.find(([pattern]) => pattern.test(padded));
  return found ? `${found[1]}: this is never done` : undefined;
}
