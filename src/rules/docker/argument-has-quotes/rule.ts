// Quotes inside an argument of a list are part of the value: no shell takes them away.
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { byHand } from "../../by-hand.ts";

/** Flags whose value is a path, an address or a number: never one with quotes. */
const flag = /^(--?[\w.-]+=)(["'])(.*)\2$/s;

export const rule = defineRule({
  id: "docker/argument-has-quotes",
  title:
    'A start argument holds literal quotes (--flag="value" in a list): no shell removes them, so the program gets a value with quotes',
  why: 'In a YAML list each item reaches the program as it is: `- --config.file="/etc/x.yml"` names a file whose name begins with a quote (no such file or directory), and a directory so named is silently empty. Quotes belong around the whole item, or nowhere. In a one-line `command:` string compose takes them away, in a list nobody does.',
  severity: "critical",
  component: "docker",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "flags",
  needs: [],
  needsAny: ["docker.containers", "kubernetes.pods", "kubernetes.workloads"],
  decideWith:
    "docker inspect -f '{{json .Args}}' CONTAINER; kubectl get pod POD -o jsonpath='{.spec.containers[*].args}'",
  references: ["https://github.com/prometheus/node_exporter/issues/2277"],
  check(_facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      const wrong = argumentsOf(component).flatMap(({ text, at }) => {
        const match = flag.exec(text.slice(0, 500));
        return match && isPlain(match[3] ?? "") ? [{ text, at, plain: `${match[1]}${match[3]}` }] : [];
      });
      const [first] = wrong;
      if (!first) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${component.name} gets the argument ${first.text} with its quotes: write ${first.plain}`,
          proof: wrong.slice(0, 3).map(({ at }) => at),
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding) =>
    byHand(
      `Write the argument without quotes: ${/write (\S.*)$/.exec(finding.says)?.[1] ?? "--flag=value"}; then recreate the container`,
      "In the compose file or manifest",
      undefined,
      "safe",
    ),
});

/** Words of a list, as they reach the program. A line of a shell is none. */
function argumentsOf({ args }: Component): readonly { text: string; at: Place }[] {
  return args.filter(({ text }) => text.startsWith("-") && !/\s--?\w/.test(text));
}

/** A selector or a regular expression may hold quotes with good reason. */
function isPlain(value: string): boolean {
  return /^[\w./:@-]+$/.test(value);
}
