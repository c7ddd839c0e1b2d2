// Where a configuration belongs stands a path, an error page or a list: valid YAML, and no configuration.
import type { ComponentKind } from "../../../model/component.ts";
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { byHand } from "../../by-hand.ts";

interface Reader {
  readonly kind: ComponentKind;
  readonly name: RegExp;
  /** What the program says to such a file. */
  readonly error: string;
}

const readers: readonly Reader[] = [
  { kind: "prometheus", name: /^prometheus\.ya?ml$/, error: "cannot unmarshal … into config.plain" },
  { kind: "alertmanager", name: /^alertmanager\.ya?ml$/, error: "cannot unmarshal … into config.plain" },
  {
    kind: "loki",
    name: /^(?:loki(?:[-_](?:local-)?config)?|local-config)\.ya?ml$/,
    error: "failed parsing config: cannot unmarshal … into loki.ConfigWrapper",
  },
  {
    kind: "promtail",
    name: /^promtail(?:[-_]config)?\.ya?ml$/,
    error: "Unable to parse config: cannot unmarshal … into main.Config",
  },
  {
    kind: "grafana",
    name: /^data-?sources?\.ya?ml$/,
    error: "Datasource provisioning error: cannot unmarshal … into datasources.configVersion",
  },
];

export const rule = defineRule({
  id: "host/config-is-no-mapping",
  title:
    "A configuration file holds a bare text (a path, an error page such as 404: Not Found or HTML) or a list where a mapping of settings belongs",
  why: "The file is valid YAML, so nothing complains before the program reads it. It is what is left when a download failed (curl without -f writes the error page), when `--from-literal` or a template put the file's name in place of its content, or when a list was pasted without the key above it. The program ends with `cannot unmarshal !!str` or `!!seq` at line 1.",
  severity: "critical",
  component: "host",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: ["config.documents"],
  explains: ["prometheus", "loki", "promtail"]
    .map((kind) => ({
      rule: `${kind}/config-invalid`,
      via: "same-component" as const,
      mechanism: "a text or list cannot be read as the program's settings",
    }))
    .concat(
      [
        "grafana/provisioning-malformed",
        "alertmanager/config-rejected",
        "prometheus/config-field-unknown",
      ].map((rule) => ({
        rule,
        via: "same-component" as const,
        mechanism: "a text or list cannot be read as the program's settings",
      })),
    ),
  rivals: [
    { rule: "prometheus/config-invalid", tellApart: "there keys stand in the file, and one is wrong" },
  ],
  decideWith: "head -3 FILE; kubectl get configmap NAME -o yaml",
  references: [
    "https://github.com/grafana/alloy/issues/3442",
    "https://yaml.org/spec/1.2.2/#32-information-models",
  ],
  check({ "config.documents": documents }, stack) {
    return documents.flatMap((document): FindingDraft[] => {
      const reader = readers.find(({ name }) => name.test(nameOf(document)));
      if (!reader || document.template || document.fragment) return [];
      const held = heldIn(document);
      if (held === undefined) return [];
      const component = readerOf(document, reader, stack);
      const file = document.embeddedIn
        ? `${document.embeddedIn.kind} ${document.embeddedIn.name}: ${document.embeddedIn.key}`
        : (document.path ?? document.at.source);
      return [
        {
          subject: { kind: "file", id: file },
          ...(component ? { component: component.id } : {}),
          says: `${file} is ${held} instead of a mapping of settings: ${reader.kind} refuses it (${reader.error})`,
          proof: [document.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding) =>
    byHand(
      /ConfigMap/.test(finding.says)
        ? "Put the file's content into the key: kubectl create configmap NAME --from-file=KEY=PATH --dry-run=client -o yaml | kubectl apply -f - (not --from-literal), then restart the pod"
        : "Put the real configuration into the file (curl -fsSL, so that an error page is not saved), check it, and restart",
      "Look at what the file holds",
      "head -3 FILE",
      "safe",
    ),
});

function nameOf(document: ConfigDocument): string {
  const name = document.embeddedIn?.key ?? document.path ?? document.at.source;
  return (name.split("/").at(-1) ?? name).toLowerCase();
}

/** What stands there instead of settings; undefined when it may be settings. */
function heldIn({ value, text, embeddedIn, kind }: ConfigDocument): string | undefined {
  const head = text.trim().split("\n", 1)[0]?.slice(0, 60) ?? "";
  if (/^<(?:!doctype|html|\?xml)/i.test(head)) return `a web page (${head})`;
  if (isRecord(value)) {
    const keys = Object.keys(value);
    const isErrorPage = keys.length === 1 && /^[45]\d\d$/.test(keys[0] ?? "");
    return isErrorPage ? `the answer of a web server (${head})` : undefined;
  }
  if (Array.isArray(value)) {
    // outside a ConfigMap it may be the part somebody wanted to show
    const isWhole = embeddedIn?.kind === "ConfigMap" || embeddedIn?.kind === "Secret";
    return isWhole && kind !== "prometheus-file-sd" ? "a list" : undefined;
  }
  if (typeof value === "string" || typeof value === "number") return `a bare text ("${head}")`;
  return undefined;
}

function readerOf(document: ConfigDocument, reader: Reader, stack: Stack): Component | undefined {
  const own = stack.components.find(({ configs }) => configs.includes(document));
  if (own) return own;
  const ofKind = stack.components.filter(({ kind }) => kind === reader.kind);
  return ofKind.length === 1 ? ofKind[0] : undefined;
}
