// cAdvisor's flags have come and gone; one it does not know ends it before it does anything.
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeArguments } from "../../change-container.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "cadvisor/flag-unknown",
  title: "cAdvisor is started with a flag that its version does not know, so it ends at once",
  why: "Go's flag package prints `flag provided but not defined` with the usage and exits with code 2. Flags differ by version: --enable_metrics and --perf_events_config are newer than many pinned images, --docker_tls and others were removed. With restart: always the container loops and looks alive in docker ps.",
  severity: "critical",
  component: "cadvisor",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "flags",
  from: ["cadvisor"],
  uses: ["config.documents", "kubernetes.objects"],
  texts: ["flag provided but not defined: {flag}"],
  confirm: (hit) => ({ holds: hit.line.component === "cadvisor" || hit.component?.kind === "cadvisor" }),
  says: ({ captures, component }) =>
    `Flag ${captures.flag} is unknown to ${component?.image ?? "this version of cAdvisor"}: it exits before it collects anything`,
  rivals: [
    {
      rule: "cadvisor/metric-name-unknown",
      tellApart: "there the flag is known and one of the metrics it names is not",
    },
  ],
  decideWith: "docker run --rm IMAGE --help 2>&1 | grep -A1 FLAG",
  references: [
    "https://github.com/google/cadvisor/blob/master/docs/runtime_options.md",
    "https://pkg.go.dev/flag",
  ],
  fix: (finding, facts, stack) =>
    repair(
      "Remove the flag that this version does not know",
      "disruptive",
      changeArguments(ownerOf(finding, stack), facts, "Remove the unknown flag", {
        is: (word) => bareFlag(word) === bareFlag(/^Flag (\S+) /.exec(finding.says)?.[1] ?? ""),
      }),
    ) ??
    byHand(
      "Remove the flag from the container's command, or use the cAdvisor version that has it",
      `Correct the flags of ${finding.subject.id}`,
      "docker inspect -f '{{json .Args}}' cadvisor",
    ),
});

function bareFlag(word: string): string {
  return word.replace(/^-{1,2}/, "").split("=")[0] ?? "";
}
