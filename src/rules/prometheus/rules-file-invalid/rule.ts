// A rule file that is not YAML stops Prometheus at start and is skipped at a reload; it often waits behind another fault.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft, Fix } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { TextLine } from "../../../model/text.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { capture, matches } from "../../line-match.ts";
import { quoteScalar } from "./quote-scalar.ts";

const texts = [
  "loading groups failed…err=…{file}: yaml: {error*}",
  "loading groups failed…err=…{file}: {error*}",
  "error loading rules…{file}: yaml: {error*}",
];
const patterns = texts.map(compilePattern);
const yamlError =
  /yaml:|did not find expected|mapping values|could not find expected|cannot unmarshal|found character that cannot start|field \S+ not found/i;

export const rule = defineRule({
  id: "prometheus/rules-file-invalid",
  title: "A rule file is not valid YAML, so Prometheus cannot load its rules",
  why: "Prometheus loads all rule files when it starts and ends when one of them does not parse; at a reload it keeps the old rules. The usual slip is an unquoted text that contains a colon and a space.",
  severity: "critical",
  component: "prometheus",
  layer: "rules",
  nature: "cause",
  effect: "down",
  phase: "rules",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  texts,
  decideWith: "promtool check rules FILE",
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#syntax-checking-rules",
  ],
  check({ "config.documents": documents, "text.lines": lines }, stack) {
    const logged = lines.filter(
      (line) =>
        (line.component === "prometheus" || !line.component) &&
        matches(patterns, line) &&
        yamlError.test(line.text),
    );
    const broken = documents.filter(
      (document) => document.kind === "prometheus-rules" && document.parseError,
    );
    const findings: FindingDraft[] = [];
    for (const document of broken) {
      const line = logged.findLast((candidate) => namesFile(candidate, document));
      const owner = stack.components.find((component) => component.configs.includes(document));
      findings.push(fromDocument(document, line, owner?.id));
    }
    const unmatched = logged.filter((line) => !broken.some((document) => namesFile(line, document)));
    for (const line of lastPerFile(unmatched)) {
      const { file = "the rule file", error = "" } = capture(patterns, line);
      const owner = componentOfLine(stack, line);
      findings.push({
        subject: { kind: "file", id: file },
        ...(owner ? { component: owner.id } : {}),
        says: `${file} does not parse: ${tidy(error)}`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: "proven",
        ...(line.timeMs === undefined ? {} : { timeMs: line.timeMs }),
      });
    }
    return findings;
  },
  fix(finding, { "config.documents": documents }): Fix | undefined {
    const document = documents.find(
      (candidate) =>
        candidate.parseError &&
        finding.proof.some(
          (proof) =>
            proof.source === candidate.parseError?.at.source && proof.line === candidate.parseError.at.line,
        ),
    );
    const error = document?.parseError;
    const replacement = error ? quoteScalar(error.excerpt) : undefined;
    if (!document || !error?.at.line || !replacement) return undefined;
    return {
      summary: "Quote the text that contains a colon and a space",
      risk: "safe",
      steps: [
        {
          do: "replace-lines",
          title: `Quote the value in line ${error.at.line}`,
          file: error.at,
          from: error.at.line,
          to: error.at.line,
          expect: error.excerpt,
          replacement,
        },
        {
          do: "restart",
          title: "Restart Prometheus so that it reads the rules",
          what: { kind: "workload", name: finding.component ?? "prometheus" },
        },
      ],
    };
  },
});

function fromDocument(
  document: ConfigDocument,
  line: TextLine | undefined,
  owner: string | undefined,
): FindingDraft {
  const error = document.parseError;
  const file = fileName(document);
  const at = error?.at ?? document.at;
  const inside =
    document.embeddedIn && document.at.line && at.line
      ? ` (line ${at.line - document.at.line + 1} of the key)`
      : "";
  return {
    subject: { kind: "file", id: file },
    ...(owner ? { component: owner } : {}),
    says: `${file} does not parse at line ${at.line ?? "?"}${inside}: ${error?.message ?? "not YAML"}: ${error?.excerpt.trim().slice(0, 120) ?? ""}`,
    proof: [at, ...(line ? [{ ...line.at, excerpt: line.text }] : [])],
    certainty: "proven",
    ...(line?.timeMs === undefined ? {} : { timeMs: line.timeMs }),
  };
}

function fileName(document: ConfigDocument): string {
  const { embeddedIn } = document;
  if (embeddedIn) return `${embeddedIn.kind} ${embeddedIn.name}: ${embeddedIn.key}`;
  return document.path ?? document.at.source;
}

function namesFile(line: TextLine, document: ConfigDocument): boolean {
  const base = (document.embeddedIn?.key ?? document.path ?? document.at.source).split("/").at(-1) ?? "";
  return base !== "" && line.text.includes(base);
}

function lastPerFile(lines: readonly TextLine[]): TextLine[] {
  const last = new Map<string, TextLine>();
  for (const line of lines) last.set(capture(patterns, line).file ?? "", line);
  return [...last.values()];
}

function tidy(error: string): string {
  return error
    .replace(/\\?"\s*$/, "")
    .replace(/\\n/g, " ")
    .trim()
    .slice(0, 200);
}
