// Promtail's file does not parse, or names a field this version does not know: it ends at once.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { TextLine } from "../../../model/text.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "Unable to parse config: {error*}",
  "error unmarshalling config: {error*}",
  "cannot unmarshal {what*} into {type}",
  "line {line#}: field {field} not found in type {type}",
  "at least one client config should be provided",
  "error loading config…filename={path}promtail{rest*}yaml: {error*}",
];
const patterns = texts.map(compilePattern);
const detail =
  /\b(?:line \d+: )?(?:field \S+ not found in type \S+|cannot unmarshal .{1,120}? into [\w.*[\]]+|(?:did not find|found character|mapping values|could not find)[^"\\]{1,120})/;
const own = /promtail|scrapeconfig\.|stages\.|positions\.|targets?manager|client\.(?:raw|Config)/i;

export const rule = defineRule({
  id: "promtail/config-invalid",
  title:
    "Promtail's configuration is not valid (YAML error, value of the wrong type, or a field this version does not know), so Promtail ends at start",
  why: "Promtail parses its file strictly and exits with `Unable to parse config`. The usual slips: a pipeline stage that is no list item, a field of another version or section, lines shifted by a template, a file that is not Promtail's.",
  severity: "critical",
  component: "promtail",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  texts,
  decideWith: "promtail -config.file=promtail.yaml -check-syntax",
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/configuration/"],
  check({ "config.documents": documents, "text.lines": lines }, stack) {
    const logged = lines.findLast((line) => isOurs(line, lines));
    const findings = documents.flatMap((document): FindingDraft[] => {
      const error = document.parseError;
      if (document.kind !== "promtail" || !error || document.template) return [];
      if (/already (?:set|defined)|duplicate/i.test(error.message)) return [];
      const owner = stack.components.find((component) => component.configs.includes(document));
      const file = document.embeddedIn
        ? `${document.embeddedIn.kind} ${document.embeddedIn.name}: ${document.embeddedIn.key}`
        : (document.path ?? document.at.source);
      return [
        {
          subject: { kind: "file", id: file },
          ...(owner ? { component: owner.id } : {}),
          says: `${file} does not parse at line ${error.at.line ?? "?"}: ${error.message}: ${error.excerpt.trim().slice(0, 120)}`,
          proof: [error.at, ...(logged ? [{ ...logged.at, excerpt: logged.text }] : [])],
          certainty: "proven",
        },
      ];
    });
    if (findings.length > 0 || !logged) return findings;
    const owner = componentOfLine(stack, logged);
    const file = /(?:config: |filename=)(\S+\.ya?ml)/.exec(logged.text)?.[1];
    const after = lines.filter((line) => follows(line, logged) && detail.test(line.text));
    const what = [logged, ...after].map(({ text }) => detail.exec(text)?.[0]).find(Boolean);
    const isText = /!!str/.test(what ?? "") && /main\.Config|config\.Config/.test(what ?? "");
    const fallback = (/yaml: .{1,160}/.exec(logged.text)?.[0] ?? logged.text.replace(/^.*?config: /, ""))
      .replace(/\\?"\s*$/, "")
      .slice(0, 200);
    return [
      {
        subject: { kind: "component", id: owner?.id ?? "promtail" },
        ...(owner ? { component: owner.id } : {}),
        says: `Promtail cannot parse ${file ?? "its configuration"}: ${what ?? fallback}${isText ? " (the file holds a bare text, such as its own path, instead of a mapping of settings)" : ""}`,
        proof: [logged, ...after].slice(0, 3).map((line) => ({ ...line.at, excerpt: line.text })),
        certainty: "proven",
        ...(logged.timeMs === undefined ? {} : { timeMs: logged.timeMs }),
      },
    ];
  },
  fix: () =>
    byHand(
      "Correct the named line or field; `promtail -check-syntax` tells before the restart",
      "Check the file",
      "promtail -config.file=/etc/promtail/config.yml -check-syntax",
      "safe",
    ),
});

function isOurs(line: TextLine, lines: readonly TextLine[]): boolean {
  if (!matches(patterns, line) || /no such file|permission denied|is a directory/.test(line.text))
    return false;
  if (line.component !== undefined && line.component !== "promtail") return false;
  if (/at least one client config/.test(line.text)) return line.component === "promtail";
  if (!/parse config|unmarshalling config|error loading config/i.test(line.text)) return false;
  if (line.component === "promtail" || own.test(line.text)) return true;
  return lines.some((other) => follows(other, line) && own.test(other.text));
}

/** The details of `unmarshal errors:` stand on the lines below it. */
function follows(line: TextLine, head: TextLine): boolean {
  const distance = (line.at.line ?? 0) - (head.at.line ?? 0);
  return line.at.source === head.at.source && distance > 0 && distance < 6;
}
