// ${VARIABLES} in the file of Loki or Promtail, which are text until -config.expand-env=true says otherwise.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { placeOf } from "../../../stack/config-value.ts";
import type { Path } from "../../../stack/setting.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeArguments } from "../../change-container.ts";
import type { TextHit } from "../../text-hit.ts";
import { textRule } from "../../text-rule.ts";

const variable = /\$\{([A-Za-z_][\w-]{0,80})(?::?[-?=][^}]{0,200})?\}/;
const maxNodes = 20_000;

export const rule = textRule({
  id: "loki/environment-not-expanded",
  title: "Environment variables in the configuration are not expanded: -config.expand-env=true is missing",
  why: "Loki and Promtail replace ${VARIABLES} only with -config.expand-env=true. Without it the text ${NAME} itself is parsed as a number, a host name or a key; with it the raw value is put in before YAML is parsed, so quotes inside the value or a dash in the variable's name break the file.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: ["loki", "promtail"],
  texts: [
    "cannot unmarshal !!str `${",
    'invalid character "{" in host name',
    "failed parsing config: {file*}: bad substitution",
    "failed parsing config: bad substitution",
    "unable to parse config: bad substitution",
    "did not find expected key",
  ],
  uses: ["kubernetes.objects", "config.documents"],
  unconfirmed: "silent",
  confirm(hit, facts, stack) {
    const docs = documentsOf(hit, facts["config.documents"], stack);
    const used = firstVariable(docs);
    if (/bad substitution/i.test(hit.line.text)) return badName(docs);
    if (/expected key/i.test(hit.line.text)) return quotedValue(hit.component);
    const { isOn, proof } = expansion(hit.component);
    if (isOn) return { holds: false };
    const name =
      used?.name ?? variable.exec(hit.line.text)?.[1] ?? /`\$\{(\w{1,80})/.exec(hit.line.text)?.[1];
    const isLiteral = /`\$\{/.test(hit.line.text) || /\$\{|%7B/i.test(hit.line.text);
    if (!used && !isLiteral && hit.line.component === undefined) return {};
    return {
      holds: true,
      proof: [...(used ? [used.at] : []), ...proof],
      certainty: used || isLiteral ? "proven" : "likely",
      says: `${name ? `\${${name}}` : "A ${VARIABLE}"} stands unexpanded in the configuration: ${nameOf(hit)} replaces environment variables only with -config.expand-env=true`,
    };
  },
  says: (hit) =>
    `${nameOf(hit)} does not expand the environment variables in its configuration: -config.expand-env=true is missing`,
  fromFiles: (_facts, stack) =>
    stack.components.flatMap((component): FindingDraft[] => {
      if (component.kind !== "loki" && component.kind !== "promtail") return [];
      const used = firstVariable(component.configs.filter((doc) => isOwnFile(doc)));
      if (!used || component.args.length === 0) return [];
      const { isOn, proof, readsFile } = expansion(component);
      if (isOn || !readsFile) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `\${${used.name}} in the configuration stays as it is: ${component.name} starts without -config.expand-env=true`,
          proof: [used.at, ...proof],
          certainty: "likely",
        },
      ];
    }),
  rivals: [
    {
      rule: "loki/config-field-unknown",
      tellApart:
        "the hint about -config.expand-env is printed after every parse error; here the file really has ${…}",
    },
  ],
  decideWith: "grep -n '\\${' loki.yaml; docker inspect -f '{{.Args}}' LOKI",
  references: [
    "https://grafana.com/docs/loki/latest/configure/#use-environment-variables-in-the-configuration",
    "https://github.com/grafana/loki/issues/5156",
    "https://github.com/grafana/loki/issues/8917",
  ],
  fix(finding, facts, stack) {
    const repaired = /stands unexpanded/.test(finding.says)
      ? repair(
          "Start with -config.expand-env=true",
          "disruptive",
          changeArguments(ownerOf(finding, stack), facts, "Let it expand the environment", {
            add: ["-config.expand-env=true"],
          }),
        )
      : undefined;
    if (repaired) return repaired;
    if (/quote|dash/.test(finding.says))
      return {
        summary: /dash/.test(finding.says)
          ? "Rename the variable (letters, digits and _ only)"
          : "Take the quotes away from the variable's value (list form of environment keeps them)",
        risk: "safe",
        steps: [{ do: "by-hand", title: "Correct the variable, then start it again" }],
      };
    return {
      summary:
        "Start with -config.expand-env=true (Helm: extraArgs: [-config.expand-env=true]); write $$ for a literal $ in the file",
      risk: "disruptive",
      steps: [
        {
          do: "by-hand",
          title: "Add the flag beside -config.file",
          command: "-config.file=/etc/loki/local-config.yaml -config.expand-env=true",
        },
      ],
    };
  },
});

function nameOf(hit: TextHit): string {
  return hit.line.component === "promtail" ? "Promtail" : "Loki";
}

function isOwnFile(doc: ConfigDocument): boolean {
  return (doc.kind === "loki" || doc.kind === "promtail") && doc.origin === "file" && doc.fragment !== true;
}

function documentsOf(hit: TextHit, all: readonly ConfigDocument[], stack: Stack): readonly ConfigDocument[] {
  const kind = hit.line.component ?? hit.component?.kind;
  const wanted = all.filter((doc) =>
    kind ? doc.kind === kind : doc.kind === "loki" || doc.kind === "promtail",
  );
  const own = wanted.filter((doc) => hit.component?.configs.includes(doc));
  const owned = stack.components.flatMap(({ configs }) => configs);
  return own.length > 0
    ? own
    : wanted.filter((doc) => !hit.component || !owned.includes(doc) || wanted.length === 1);
}

interface Variable {
  readonly name: string;
  readonly at: ProofDraft;
}

/** Relabelling and pipelines use ${1} and ${name} themselves. */
const ownSyntax = new Set<string | number>([
  "replacement",
  "regex",
  "expression",
  "replace",
  "template",
  "source",
]);

function firstVariable(docs: readonly ConfigDocument[]): Variable | undefined {
  for (const doc of docs) {
    const pending: { value: unknown; path: Path }[] = [{ value: doc.value, path: [] }];
    for (let count = 0; pending.length > 0 && count < maxNodes; count++) {
      const next = pending.shift();
      if (!next) break;
      const { value, path } = next;
      if (typeof value === "string") {
        const name = variable.exec(value.slice(0, 2000))?.[1];
        if (name && !ownSyntax.has(path.at(-1) ?? "")) return { name, at: placeOf(doc, ...path) };
      } else if (Array.isArray(value)) {
        for (const [index, item] of value.entries()) pending.push({ value: item, path: [...path, index] });
      } else if (isRecord(value)) {
        for (const [key, item] of Object.entries(value)) pending.push({ value: item, path: [...path, key] });
      }
    }
  }
  return undefined;
}

function expansion(component: Component | undefined): {
  readonly isOn: boolean;
  readonly readsFile: boolean;
  readonly proof: readonly ProofDraft[];
} {
  const args = component?.args ?? [];
  const file = args.find(({ text }) => /config\.file/.test(text));
  return {
    isOn: args.some(({ text }) => /config\.expand-env(?!=false)/.test(text)),
    readsFile: file !== undefined,
    proof: file ? [file.at] : [],
  };
}

function badName(docs: readonly ConfigDocument[]) {
  const text = docs.map((doc) => doc.text.slice(0, 200_000)).join("\n");
  const name = /\$\{([A-Za-z_]\w{0,40}-[\w-]{1,40})\}/.exec(text)?.[1];
  return {
    holds: true,
    certainty: name ? ("proven" as const) : ("likely" as const),
    says: `${name ? `\${${name}} has a dash in its name` : "A variable in the configuration has a dash or another odd character in its name"}, which -config.expand-env cannot substitute (bad substitution): rename the variable`,
  };
}

/** `- NAME="value"` in the list form of compose keeps the quotes, and they land in the YAML text. */
function quotedValue(component: Component | undefined) {
  if (!expansion(component).isOn) return {};
  const env = component?.docker?.env?.find(({ value }) => value !== undefined && /^["'].*["']$/.test(value));
  if (!env) return {};
  return {
    holds: true,
    proof: [env.at],
    says: `The value of ${env.name} contains its quotes (environment in list form keeps them); -config.expand-env=true puts them into the YAML text, which does not parse any more`,
  };
}
