// Lines between outputs that are no prompts: `=== file ===`, `==> file <==`, `## Heading`, `1. docker ps`, `Output of ...:`.
import type { NameHints } from "../model/evidence.ts";
import { isCommandLine } from "./commands.ts";
import { componentInName } from "./name-hints.ts";

export interface Heading {
  /** "banner" stands in no config or log; "soft" could be a comment or a sentence there. */
  readonly kind: "banner" | "soft";
  readonly title?: string;
  /** Words that say nothing about the lines below; they are a note of their own. */
  readonly isNote?: boolean;
  readonly command?: string;
  readonly path?: string;
  readonly host?: string;
  readonly hints?: NameHints;
}

const longestHeading = 240;

const headTail = /^==> (?<title>\S.{0,200}?) <==$/;
/** Ad-hoc commands of Ansible head every host's output with this. */
const ansibleHost = /^(?<host>[\w.-]{1,64}) \| (?:SUCCESS|CHANGED|FAILED)!? \| rc=-?\d+ (?:\| ?\(\w+\) )?>>$/;
/** `kubectl cluster-info dump` on standard output puts the logs between these. */
const dumpedLog =
  /^==== (?<edge>START|END) logs for container (?<container>\S{1,100}) of pod (?<namespace>[^/\s]{1,100})\/(?<pod>\S{1,300}) ====$/;
const framed =
  /^(?<left>={2,}|-{2,}|#{3,}|\*{3,}|~{3,}|\+{3,}|>{3,}|:{3,}|─{2,}|━{2,}|═{2,})\s*\[?(?<title>[^\s=*~─━═-][^\n]{0,160}?)\]?\s*(?<right>={2,}|-{2,}|#{2,}|\*{3,}|~{3,}|\+{3,}|<{3,}|:{3,}|─{2,}|━{2,}|═{2,})$/;
const markdown = /^#{1,6}\s+(?<title>\S.{0,200})$/;
const numbered = /^(?:Step\s+)?\(?\d{1,2}(?:\.\d{1,2})?[.):]\s+(?<title>\S.{0,200})$/;
const bold = /^(?:[-*]\s+)?(?:\*\*|__)(?<title>[^*_\n]{1,160})(?:\*\*|__):?$/;
const backticked = /^[^`\n]{0,80}`(?<title>[^`\n]{2,200})`[^`\n]{0,40}:?$/;
const labelled =
  /^(?:output of|result of|here is|here's|command|cmd|running|executing|file|content of|contents of|logs? (?:of|from)|cat)\s*:?\s+(?<title>\S.{0,200}?):?$/i;
const colon = /^(?<title>\S[^\n]{1,160}):$/;

export function parseHeading(text: string): Heading | undefined {
  // Indented lines belong to a tree of keys, a list or a banner's body.
  if (text.length < 3 || text.charCodeAt(0) <= 32) return undefined;
  const line = text.trimEnd();
  if (line.length < 3 || line.length > longestHeading || /^\s/.test(line)) return undefined;
  return parseBanner(line) ?? parseSoft(line);
}

/** The same where a soft heading would not count: the text is a log or a configuration. */
export function parseBannerHeading(text: string): Heading | undefined {
  if (text.length < 3 || text.length > longestHeading + 2 || text.charCodeAt(0) <= 32) return undefined;
  const line = text.trimEnd();
  const heading = line.length <= longestHeading ? parseBanner(line) : undefined;
  return heading?.kind === "banner" ? heading : undefined;
}

/** What a banner starts with; a host of Ansible stands alone before its bar. */
const bannerStart = /^(?:[=\-#*~+>:─━═]{2}|[\w.-]{1,64} \| )/;

function parseBanner(line: string): Heading | undefined {
  if (!bannerStart.test(line)) return undefined;
  const printed = headTail.exec(line)?.groups?.title;
  if (printed) return { kind: "banner", ...fileNamed(printed) };
  const host = ansibleHost.exec(line)?.groups?.host;
  if (host) return { kind: "banner", host };
  const dumped = dumpedLog.exec(line)?.groups;
  if (dumped) return { kind: "banner", ...(dumped.edge === "START" ? { hints: hintsOfDump(dumped) } : {}) };
  const title = framed.exec(line)?.groups?.title;
  // `--- a/file` and tables' rulers have no closing frame or no title.
  if (!title || !/[A-Za-z]{2}/.test(title) || /^[-+|]/.test(title) || / {2,}.*-{3,}/.test(line))
    return undefined;
  if (/^(?:BEGIN|END) /.test(title)) return undefined;
  return { kind: line.startsWith("#") ? "soft" : "banner", title: title.trim(), ...titled(title.trim()) };
}

function hintsOfDump(groups: Readonly<Record<string, string | undefined>>): NameHints {
  const { container = "", namespace = "", pod = "" } = groups;
  const component = componentInName(container) ?? componentInName(pod);
  return { ...(component ? { component } : {}), namespace, pod, container };
}

function parseSoft(line: string): Heading | undefined {
  const title = markdown.exec(line)?.groups?.title;
  if (title) return noteUnlessKnown(titled(title.replace(/\s#+$/, "")));
  const step = numbered.exec(line)?.groups?.title;
  if (step && isTyped(bare(step))) return { kind: "soft", ...titled(step) };
  const strong = bold.exec(line)?.groups?.title;
  if (strong) return noteUnlessKnown(titled(strong));
  const quoted = backticked.exec(line)?.groups?.title;
  if (quoted && !complaint.test(line) && (isTyped(quoted) || isFileName(quoted)))
    return { kind: "soft", ...titled(quoted) };
  const label = labelled.exec(line)?.groups?.title;
  if (label && (isTyped(bare(label)) || isFileName(bare(label)))) return { kind: "soft", ...titled(label) };
  const named = colon.exec(line)?.groups?.title;
  if (named && (isTyped(named) || isFileName(named) || isOutputOf(named))) {
    return { kind: "soft", ...titled(named.replace(/\s+(?:output|logs?|result)$/i, "")) };
  }
  return undefined;
}

function noteUnlessKnown(said: Omit<Heading, "kind">): Heading {
  return { kind: "soft", ...said, ...(Object.keys(said).length === 0 ? { isNote: true } : {}) };
}

/** A lone program name (`prometheus:`) is a key as often as a command. */
function isTyped(title: string): boolean {
  return /\S\s+\S/.test(title) && !failure.test(title) && isCommandLine(title);
}

/** A sentence of a program that quotes a file is no heading over it: "cannot unmarshal !!str `/etc/x.yml` into …". */
const complaint = /\b(?:error|cannot|can't|could not|failed|unable to|denied|unmarshal|invalid|not found)\b/i;

/** What a system call answered (`mkdir /data: permission denied`) starts like the command of that name. */
const failure =
  /: (?:permission denied|no such file or directory|read-only file system|no space left on device|operation not permitted|too many open files|file exists|not a directory|is a directory|input\/output error|invalid argument|device or resource busy|connection refused)\b/i;

function isOutputOf(title: string): boolean {
  return (
    /\s(?:output|logs?|result)$/i.test(title) &&
    isCommandLine(title.replace(/\s+(?:output|logs?|result)$/i, ""))
  );
}

/** What a title says: a command, a file, a component, or a host. */
function titled(text: string): Omit<Heading, "kind"> {
  const title = bare(text);
  const onHost = /^(?<command>.{2,160}?)\s+(?:on|@)\s+(?<host>[a-z0-9][\w.-]{0,63})$/i.exec(title)?.groups;
  if (onHost?.command && onHost.host && isCommandLine(onHost.command)) {
    return { command: onHost.command, host: onHost.host };
  }
  const byHost =
    /^(?:(?:node|host|server|vm|machine|on)\s+)?(?<host>[A-Za-z0-9][\w.-]{0,63})\s*(?::|—|–|-)\s+(?<command>\S.{1,200})$/i.exec(
      title,
    )?.groups;
  if (byHost?.command && byHost.host && isTyped(byHost.command) && !isTyped(byHost.host)) {
    return { command: byHost.command, host: byHost.host };
  }
  if (isTyped(title)) return { command: title };
  if (isFileName(title)) return fileNamed(title);
  const component = componentInName(title);
  if (component) return { hints: { component } };
  return /^[a-z0-9][a-z0-9.-]{1,63}$/.test(title) && /\d/.test(title) ? { hints: { host: title } } : {};
}

function bare(title: string): string {
  return title
    .replace(/^(?:\*\*|__|`)+|(?:\*\*|__|`)+$/g, "")
    .replace(
      /^(?:\d{1,2}[.)]\s+|\$\s+|(?:file|output of|command|running|content of|contents of|cat)\s*:?\s+(?=\S))/i,
      "",
    )
    .replace(/:$/, "")
    .replace(/^`|`$/g, "")
    .trim();
}

const knownEnding =
  /\.(?:ya?ml|json|log|txt|conf|cfg|ini|toml|alloy|river|hcl|env|service|rules|sh|j2|cnf|properties|list|out|err|tf|md|xml|csv)$/i;

function isFileName(title: string): boolean {
  if (/\s/.test(title) || title.length > 200 || /^https?:/.test(title)) return false;
  return (
    /^(?:~|\.{0,2})?\/[\w.@+-]+(?:\/[\w.@:+-]+)*$/.test(title) ||
    (/^[\w.@/+-]+$/.test(title) && knownEnding.test(title))
  );
}

function fileNamed(title: string): Pick<Heading, "path" | "hints"> {
  if (title.startsWith("/")) return { path: title, hints: hintsOf(title) };
  return { hints: hintsOf(title) };
}

function hintsOf(title: string): NameHints {
  const file = title.slice(title.lastIndexOf("/") + 1);
  const component = componentInName(file) ?? componentInName(title);
  return { file, ...(component ? { component } : {}) };
}
