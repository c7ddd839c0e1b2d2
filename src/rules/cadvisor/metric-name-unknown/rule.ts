// A name in --disable_metrics or --enable_metrics that this version does not know ends cAdvisor.
import type { FindingDraft } from "../../../model/finding.ts";
import { isAtLeast } from "../../../stack/semver.ts";
import { cadvisorMetrics } from "../../../stack/settings-by-version.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeArguments } from "../../change-container.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "cadvisor/metric-name-unknown",
  title:
    "cAdvisor exits because --disable_metrics (or --enable_metrics) names a metric this version does not know",
  why: "The names change between versions (accelerator was removed in 0.47, process and others came later). An unknown one is a flag error: cAdvisor prints its whole help text and exits with 2, again and again.",
  severity: "critical",
  component: "cadvisor",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "flags",
  uses: ["config.documents", "kubernetes.objects"],
  texts: [
    "for flag -disable_metrics: unsupported metric {name*}",
    "for flag -enable_metrics: unsupported metric {name*}",
    "unsupported metric {name} specified in disable_metrics",
  ],
  says: ({ line, component }) => {
    const name = line.text.match(/unsupported metric \\?"?([\w-]+)/)?.[1] ?? "";
    const flag = /enable_metrics/.test(line.text) ? "enable_metrics" : "disable_metrics";
    return `--${flag} of cAdvisor${component?.version ? ` ${component.version}` : ""} names "${name}", which this version does not know (unsupported metric)${cadvisorMetrics.has(name) ? "; newer versions do" : ""}`;
  },
  fromFiles: (_facts, stack) =>
    stack.components.flatMap((component): FindingDraft[] => {
      if (component.kind !== "cadvisor") return [];
      const flag = component.args.find(({ text }) => /^-{1,2}(?:disable|enable)_metrics=/.test(text));
      const names = flag?.text.slice(flag.text.indexOf("=") + 1).split(",") ?? [];
      // `latest` of every registry is newer than 0.47
      const isNew =
        isAtLeast(component.version, "0.47.0") ?? /cadvisor(?::latest)?$/.test(component.image ?? "");
      if (!flag || !isNew || !names.some((name) => name.trim() === "accelerator")) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${flag.text.split("=")[0]} of cAdvisor${component.version ? ` ${component.version}` : ""} names "accelerator", which was removed in 0.47 (unsupported metric): cAdvisor exits with its help text`,
          proof: [flag.at],
          certainty: component.version ? "proven" : "likely",
        },
      ];
    }),
  decideWith:
    "docker logs CADVISOR 2>&1 | grep -m1 'unsupported metric'; docker run --rm IMAGE --help 2>&1 | grep -A3 disable_metrics",
  references: [
    "https://github.com/google/cadvisor/issues/2523",
    "https://github.com/google/cadvisor/blob/master/lib/container/factory.go",
  ],
  fix: (finding, facts, stack) =>
    repair(
      `Take ${unknownIn(finding)} out of the list`,
      "disruptive",
      changeArguments(ownerOf(finding, stack), facts, `Take ${unknownIn(finding)} out of the list`, {
        is: (word) => /^-{1,2}(?:disable|enable)_metrics=/.test(word),
        to: (word) => without(word, unknownIn(finding)),
      }),
    ) ??
    byHand(
      `Remove ${finding.says.match(/names "([^"]+)"/)?.[1] ?? "the unknown name"} from the flag's list, then recreate the container`,
      "In the command of cAdvisor",
    ),
});

function unknownIn({ says }: FindingDraft): string {
  return /names "([^"]+)"/.exec(says)?.[1] ?? "";
}

/** The flag without the name; no flag when nothing is left. */
function without(word: string, name: string): string | undefined {
  const [flag, list = ""] = word.split("=");
  const left = list.split(",").filter((one) => one.trim() !== name);
  return left.length > 0 ? `${flag}=${left.join(",")}` : undefined;
}
