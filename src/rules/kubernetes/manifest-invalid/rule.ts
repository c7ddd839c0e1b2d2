// A manifest that is not YAML, or whose keys slipped out of the block they belong to.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { TextLine } from "../../../model/text.ts";
import { capture, matches } from "../../line-match.ts";
import { misplacedKeys } from "./misplaced.ts";
import { findOutdented } from "./outdented.ts";

const texts = [
  "error parsing {file}: error converting YAML to JSON: yaml: {error*}",
  "error converting YAML to JSON: yaml: {error*}",
  "YAML parse error on {file}: error converting YAML to JSON: yaml: {error*}",
  'strict decoding error: unknown field "{field}"',
  'ValidationError({where}): unknown field "{field}" in io.k8s.{type}',
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "kubernetes/manifest-invalid",
  title: "A Kubernetes manifest is not valid: it does not parse as YAML, or a key stands in the wrong block",
  why: "In YAML the indentation says what belongs to what. A key that is outdented closes the block it should be in: either the lines after it fit nowhere and the file does not parse, or the key lands in another block, where the API server refuses or ignores it. kubectl then applies only the documents before it, and the workload stays as it was.",
  severity: "critical",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: [],
  needsAny: ["config.documents", "kubernetes.objects", "text.lines"],
  texts,
  decideWith: "kubectl apply --dry-run=server --validate=strict -f FILE",
  references: [
    "https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation",
    "https://yaml.org/spec/1.2.2/#61-indentation-spaces",
  ],
  check(facts) {
    const broken = facts["config.documents"].filter(
      (document) => document.kind === "kubernetes-manifest" && document.parseError && !document.template,
    );
    const lines = facts["text.lines"].filter((line) => matches(patterns, line));
    return [
      ...broken.map((document) => fromDocument(document, lines)),
      ...facts["kubernetes.objects"].flatMap((object) => {
        const found = misplacedKeys(object);
        const [first] = found;
        if (!first) return [];
        const words = found.map(
          ({ key, path, belongs }) => `${key} stands at ${path} instead of in ${belongs}`,
        );
        return [
          {
            subject: { kind: "object" as const, id: `${object.kind} ${object.name}` },
            says: `Manifest of ${object.kind} ${object.name}: wrong indentation, ${words.join("; ")}: the API server refuses or ignores it there`,
            proof: found.map(({ at }) => at),
            certainty: "proven" as const,
          },
        ];
      }),
      ...(broken.length > 0 ? [] : lines.slice(-1).map(fromLine)),
    ];
  },
  fix(finding, facts) {
    const document = facts["config.documents"].find(
      ({ kind, parseError }) =>
        kind === "kubernetes-manifest" &&
        parseError &&
        finding.proof.some(
          (proof) => proof.source === parseError.at.source && proof.line === parseError.at.line,
        ),
    );
    const slipped = document ? slippedKey(document) : undefined;
    return {
      summary: slipped
        ? `Indent ${slipped.key} (and what belongs to it) to column ${slipped.expected + 1}, like its neighbours, then parse the file before applying it`
        : "Put the key into the block it belongs to, then parse the file before applying it",
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: slipped
            ? `Indent ${slipped.key} in ${document?.at.source} by ${slipped.expected - slipped.column} columns`
            : "Correct the indentation",
          command: "kubectl apply --dry-run=server --validate=strict -f FILE",
        },
      ],
    };
  },
});

function slippedKey(document: ConfigDocument) {
  const start = document.startLine ?? document.at.line ?? 1;
  const errorLine = (document.parseError?.at.line ?? start) - start + 1;
  const found = findOutdented(document.text, errorLine);
  return found ? { ...found, at: { source: document.at.source, line: start + found.line - 1 } } : undefined;
}

function fromDocument(document: ConfigDocument, lines: readonly TextLine[]): FindingDraft {
  const error = document.parseError;
  const at = error?.at ?? document.at;
  const file = document.path ?? document.at.source;
  const slipped = slippedKey(document);
  const said = lines.at(-1);
  const why = slipped
    ? `${slipped.key} in line ${slipped.at.line} is outdented (column ${slipped.column + 1} instead of ${slipped.expected + 1}), out of the block it belongs to, so line ${at.line ?? "?"} fits nowhere`
    : `line ${at.line ?? "?"}: ${error?.excerpt.trim().slice(0, 120) ?? ""}`;
  return {
    subject: { kind: "file", id: file },
    says: `${file} does not parse as YAML: ${why} (${error?.message ?? "not YAML"})`,
    proof: [...(slipped ? [slipped.at] : []), at, ...(said ? [{ ...said.at, excerpt: said.text }] : [])],
    certainty: "proven",
  };
}

function fromLine(line: TextLine): FindingDraft {
  const { file, error, field } = capture(patterns, line);
  return {
    subject: { kind: "file", id: file ?? "manifest" },
    says: field
      ? `The manifest has a field that does not exist at its place: ${field} (usually wrong indentation)`
      : `${file ?? "The manifest"} is not valid YAML: ${(error ?? "").slice(0, 160)}`,
    proof: [{ ...line.at, excerpt: line.text }],
    certainty: "proven",
    ...(line.timeMs === undefined ? {} : { timeMs: line.timeMs }),
  };
}
