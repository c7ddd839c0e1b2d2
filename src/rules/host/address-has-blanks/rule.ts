// A template that spans lines leaves blanks around a host name.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { placeOf } from "../../../stack/config-value.ts";
import { byHand } from "../../by-hand.ts";
import { filesOf, ownerOf, readAgain, repair, replaceValues, valuesIn } from "../../change-configuration.ts";
import { matches } from "../../line-match.ts";

const texts = ['invalid character " " in host name', 'parse "http:// ', 'parse "https:// '];
const patterns = texts.map(compilePattern);
/** Keys that hold one address. */
const addressKey =
  /^(?:url|href|targets|address|api_url|alertmanager_url|prometheus_url|endpoint|host|instance_addr)$/i;
const broken =
  /^(?:https?:\/\/\s[^\n]{0,200}|https?:\/\/[^\s/]{1,200}\s[^\n]{0,200}|\s{1,50}[\w.-]{1,200}:\d{2,5}|[\w.-]{1,200}\s{1,50}:\d{2,5}\S{0,200})$/;
const maxNodes = 20_000;

export const rule = defineRule({
  id: "host/address-has-blanks",
  title:
    "An address in the configuration has blanks around the host name (left by a template over several lines)",
  why: 'A folded multi-line template puts its line breaks into the value as blanks: `http:// mon.example :3100/…`. No program can parse such a URL or resolve such a name; the client refuses its configuration, or every request fails with `invalid character " " in host name`.',
  severity: "critical",
  component: "host",
  layer: "config",
  nature: "cause",
  effect: "no-data-out",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  uses: ["kubernetes.objects"],
  texts,
  decideWith: "grep -rnE '://[^/]* ' RENDERED_FILES",
  references: ["https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_templating.html"],
  check({ "config.documents": documents, "text.lines": lines }, stack) {
    const line = lines.findLast((entry) => matches(patterns, entry));
    const found = documents.flatMap((document) => {
      const bad = document.template || document.value === undefined ? undefined : firstBroken(document);
      return bad ? [{ document, ...bad }] : [];
    });
    const findings = found.map(({ document, path, value }): FindingDraft => {
      const owner = stack.components.find((component) => component.configs.includes(document));
      return {
        subject: owner
          ? { kind: "component", id: owner.id }
          : { kind: "file", id: document.path ?? document.at.source },
        ...(owner ? { component: owner.id } : {}),
        says: `${path.join(".")} is "${value.trim().slice(0, 120)}": there are blanks in the address, which nobody can parse or resolve`,
        proof: [placeOf(document, ...path), ...(line ? [{ ...line.at, excerpt: line.text }] : [])],
        certainty: "proven",
      };
    });
    if (findings.length > 0 || !line) return findings;
    return [
      {
        subject: { kind: "component", id: line.component ?? "host" },
        says: `${line.component ?? "A program"} has an address with blanks in it (${/parse \\?"[^"\\]{0,120}/.exec(line.text)?.[0] ?? 'invalid character " " in host name'})`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: "proven",
      },
    ];
  },
  fix: (finding, facts, stack) =>
    repair("Write the address without blanks", "disruptive", [
      ...filesOf(facts).flatMap((doc) =>
        finding.proof.some(({ source }) => source === doc.at.source) && firstBroken(doc)
          ? replaceValues(valuesIn(doc, isBrokenAddress), "Take the blanks out of the address", (value) =>
              String(value).replaceAll(/\s+/g, ""),
            )
          : [],
      ),
      ...readAgain(ownerOf(finding, stack)),
    ]) ??
    byHand(
      "Write the expression on one line, or end it with | trim (Jinja: {{- … -}}); render again and restart the client",
      "In the template that renders the address",
    ),
});

interface Broken {
  readonly path: readonly (string | number)[];
  readonly value: string;
}

function firstBroken(document: ConfigDocument): Broken | undefined {
  if (
    !/^(?:prometheus|promtail|loki|alertmanager|grafana-datasources|prometheus-file-sd)$/.test(document.kind)
  )
    return undefined;
  const queue: Node[] = [{ step: "", key: "", value: document.value }];
  for (let at = 0; at < queue.length && at < maxNodes; at += 1) {
    const node = queue[at];
    if (!node) break;
    const { key, value } = node;
    if (typeof value === "string") {
      if (isBrokenText(value) && addressKey.test(key)) return { path: pathOf(node), value };
    } else if (Array.isArray(value))
      for (let index = 0; index < value.length; index += 1)
        queue.push({ step: index, key, value: value[index], above: node });
    else if (isRecord(value))
      for (const [name, item] of Object.entries(value))
        queue.push({ step: name, key: name, value: item, above: node });
  }
  return undefined;
}

interface Node {
  readonly step: string | number;
  /** The nearest key: of an item of a list that of the list. */
  readonly key: string;
  readonly value: unknown;
  readonly above?: Node;
}

function pathOf(node: Node): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: Node | undefined = node; at?.above; at = at.above) path.unshift(at.step);
  return path;
}

function isBrokenText(value: string): boolean {
  return /\s/.test(value) && broken.test(value.slice(0, 500)) && !/[{}]/.test(value);
}

function isBrokenAddress(value: unknown, path: readonly (string | number)[]): boolean {
  const key = path.findLast((part) => typeof part === "string");
  return typeof value === "string" && addressKey.test(String(key)) && isBrokenText(value);
}
