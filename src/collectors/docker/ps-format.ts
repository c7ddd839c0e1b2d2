// `docker ps --format '{{.Names}}: {{.Status}}'`: the template says which column stands where; what it does not say is a gap.
import type { Segment } from "../../model/evidence.ts";
import { commandsOf } from "../command.ts";
import { optionValue } from "../command-options.ts";
import { hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { containerOfRow } from "./ps-table.ts";

/** Field of the template to the heading the table has for it. */
const headings: Readonly<Record<string, string>> = {
  ID: "CONTAINER ID",
  Names: "NAMES",
  Name: "NAMES",
  Image: "IMAGE",
  Command: "COMMAND",
  Status: "STATUS",
  State: "STATE",
  Ports: "PORTS",
  Networks: "NETWORKS",
  Labels: "LABELS",
  Service: "SERVICE",
  Project: "PROJECT",
  Health: "HEALTH",
};

interface Template {
  readonly literals: readonly string[];
  readonly fields: readonly string[];
}

export const psFormat: Parser = {
  id: "docker-ps-format",
  reads: "docker ps --format '{{.Names}} {{.Status}}' without a header",
  provides: ["docker.containers"],
  recognise: (segment) => (formatOf(segment) && /\S/.test(segment.text) ? 0.94 : 0),
  parse(segment, emit) {
    const template = templateOf(formatOf(segment) ?? "");
    const lines = linesOf(segment).filter(({ text }) => text.trim() !== "");
    let lost = 0;
    for (const line of lines) {
      const values = template && valuesOf(line.text.trim(), template);
      const row: Record<string, string> = {};
      for (const [i, value] of (values ?? []).entries()) {
        const heading = headings[template?.fields[i] ?? ""];
        if (heading) row[heading] = value;
      }
      const container = containerOfRow(row, placeOf(segment, line.index), hostOf(segment));
      if (container) emit.fact("docker.containers", container);
      else {
        lost += 1;
        leaveAsText(segment, line, emit);
      }
    }
    if (lost < lines.length) emit.seen("docker.containers");
    if (lost === 0) return;
    emit.gap({
      what: "docker ps --format",
      because: "unparseable",
      detail: `${lost} of ${lines.length} lines do not tell by the template what they are`,
      at: placeOf(segment, lines[0]?.index ?? 0),
      decideWith: "docker ps -a --no-trunc",
      onlySharpens: true,
    });
  },
};

/** Tables have a header and JSON its own parser. */
function formatOf(segment: Segment): string | undefined {
  const ran = commandsOf(segment).find(
    ({ program, args }) =>
      /^(?:docker|podman|nerdctl)$/.test(program) && args.some((word) => /^(?:ps|ls|list)$/.test(word)),
  );
  if (
    !ran ||
    ran.args.some((word) => /^(?:service|stack|node|volume|network|image|images|context)$/.test(word))
  )
    return undefined;
  const format = optionValue(ran.args, "--format");
  return format === undefined ||
    /^(?:table|json)\b|\{\{\s*json\s+\.\s*\}\}/.test(format) ||
    !format.includes("{{")
    ? undefined
    : format.slice(0, 2_000);
}

function templateOf(format: string): Template | undefined {
  const text = format.replaceAll("\\t", "\t").replaceAll("\\n", "");
  const literals: string[] = [];
  const fields: string[] = [];
  let end = 0;
  for (const match of text.matchAll(/\{\{-?\s*(.*?)\s*-?\}\}/g)) {
    const field = /^\.([A-Z]\w*)$/.exec(match[1] ?? "")?.[1];
    if (!field) return undefined;
    literals.push(text.slice(end, match.index));
    fields.push(field);
    end = match.index + match[0].length;
  }
  return { literals: [...literals, text.slice(end)], fields };
}

function valuesOf(line: string, { literals, fields }: Template): string[] | undefined {
  const head = (literals[0] ?? "").trimStart();
  if (!line.startsWith(head)) return undefined;
  // A paste turns tabs into blanks.
  const isTabbed = literals.slice(1, -1).every((literal) => literal === "\t");
  if (isTabbed && fields.length > 1 && !line.includes("\t")) {
    const cells = line.split(/ {2,}/);
    return cells.length === fields.length ? cells : undefined;
  }
  const values: string[] = [];
  let at = head.length;
  for (let i = 0; i < fields.length; i += 1) {
    const isLast = i === fields.length - 1;
    const literal = isLast ? (literals[i + 1] ?? "").trimEnd() : (literals[i + 1] ?? "");
    // Without anything between, or with a blank behind a value that holds blanks, nobody can tell where it ends.
    if (!isLast && (literal === "" || (literal.trim() === "" && literal !== "\t" && hasBlanks(fields[i]))))
      return undefined;
    const end = literal === "" ? line.length : line.indexOf(literal, at);
    if (end < 0) return undefined;
    values.push(line.slice(at, end).trim());
    at = end + literal.length;
  }
  return values;
}

function hasBlanks(field: string | undefined): boolean {
  return /^(?:Status|Ports|Command|Labels|RunningFor|CreatedAt|Size)$/.test(field ?? "");
}
