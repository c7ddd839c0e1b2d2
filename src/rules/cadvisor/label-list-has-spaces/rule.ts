// Blanks in cAdvisor's list of labels: only the first label arrives.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeArguments } from "../../change-container.ts";

export const rule = defineRule({
  id: "cadvisor/label-list-has-spaces",
  title:
    "cAdvisor's --whitelisted_container_labels has blanks behind its commas, so only the first label is kept",
  why: "cAdvisor splits the list at the commas and does not trim the parts: ` com.example.team` with a leading blank is the name of no label. The labels after the first one are missing from all series.",
  severity: "warning",
  component: "cadvisor",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  needs: [],
  needsAny: ["docker.containers", "kubernetes.workloads", "kubernetes.pods", "host.processes"],
  uses: ["config.documents", "kubernetes.objects"],
  decideWith: "docker inspect -f '{{json .Args}}' CADVISOR",
  references: ["https://github.com/google/cadvisor/blob/master/docs/runtime_options.md"],
  check(_facts, stack) {
    return stack.components
      .filter(({ kind }) => kind === "cadvisor")
      .flatMap((component): FindingDraft[] =>
        component.args
          .filter(({ text }) =>
            /^--?(?:whitelisted_container_labels|env_metadata_whitelist)[= ]\S.*,\s/.test(text),
          )
          .slice(0, 1)
          .map(({ text, at }) => ({
            subject: { kind: "component", id: component.id },
            component: component.id,
            says: `${text.slice(0, 200)}: the names behind the commas begin with a blank and match no label; write ${text.replaceAll(/,\s+/g, ",").slice(0, 200)}`,
            proof: [at],
            certainty: "proven",
          })),
      );
  },
  fix: (finding, facts, stack) =>
    repair(
      "Write the list of labels without blanks",
      "disruptive",
      changeArguments(ownerOf(finding, stack), facts, "Write the list without blanks", {
        is: (word) => /^--?(?:whitelisted_container_labels|env_metadata_whitelist)=/.test(word),
        to: (word) => word.replaceAll(/,\s+/g, ","),
      }),
    ) ??
    byHand(
      `Write the list without blanks: ${/; write (.*)$/.exec(finding.says)?.[1] ?? "--whitelisted_container_labels=a,b"}`,
      "In the command of cAdvisor, then recreate the container",
    ),
});
