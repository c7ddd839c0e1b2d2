// cAdvisor's defaults cost a core on hosts with many containers.

import { parseDuration } from "../../../model/duration.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { isAtLeast } from "../../../model/semver.ts";
import type { Component } from "../../../model/stack.ts";
import type { TextLine } from "../../../model/text.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeArguments } from "../../change-container.ts";
import { matches } from "../../line-match.ts";

/** Rows of docker stats and top, and sentences such as `cadvisor eats 80% CPU`. */
const texts = [
  "cadvisor {cpu}% {memory}iB /",
  "cadvisor…% CPU",
  "cadvisor…CPU…%",
  "{cpu} {mem} {time}:{rest} cadvisor",
];
const patterns = texts.map(compilePattern);
const busyFrom = 20;

export const rule = defineRule({
  id: "cadvisor/housekeeping-too-frequent",
  title:
    "cAdvisor uses a lot of CPU: it does its housekeeping of every container each second and collects everything",
  why: "By default cAdvisor looks at every cgroup once a second, measures the disk use of every layer and keeps all metrics and labels. On a small machine, or with many containers, that costs a core. A longer --housekeeping_interval, --docker_only and --disable_metrics take most of it away.",
  severity: "warning",
  component: "cadvisor",
  layer: "limits",
  nature: "cause",
  effect: "none",
  needs: ["text.lines"],
  uses: ["config.documents", "kubernetes.objects"],
  texts,
  rivals: [
    {
      rule: "scrape-interval-too-short",
      tellApart: "a scrape of cAdvisor every second costs as much; a scrape interval of 15s or more does not",
    },
  ],
  decideWith: "docker stats --no-stream; docker inspect -f '{{.Args}}' CADVISOR",
  references: [
    "https://github.com/google/cadvisor/issues/2523",
    "https://github.com/google/cadvisor/blob/master/docs/runtime_options.md",
  ],
  check({ "text.lines": lines }, stack) {
    const busy = lines.find(isBusy);
    if (!busy) return [];
    const component = stack.components.find(({ kind }) => kind === "cadvisor");
    const flags = component && argumentsOf(component);
    if (flags && isTuned(flags)) return [];
    const finding: FindingDraft = {
      subject: { kind: "component", id: component?.id ?? "cadvisor" },
      ...(component ? { component: component.id } : {}),
      says: `cAdvisor uses ${cpuOf(busy.text)} % CPU${flags ? `, and its flags have ${missing(flags)}: housekeeping runs every second for everything` : ": the defaults (housekeeping every second, all metrics) are the usual reason"}; set --housekeeping_interval=30s --docker_only=true --store_container_labels=false --disable_metrics=…`,
      proof: [
        { ...busy.at, excerpt: busy.text },
        ...(component && flags ? [component.args[0]?.at ?? component.docker?.at ?? component.at] : []),
      ],
      certainty: flags ? "proven" : "possible",
    };
    return [finding];
  },
  fix: (finding, facts, stack) =>
    repair(
      "Housekeeping every 30 seconds, and without the metrics that cost most (panels that use them lose their data)",
      "disruptive",
      isAtLeast(ownerOf(finding, stack)?.version, "0.40.0") === true
        ? changeArguments(ownerOf(finding, stack), facts, "Let cAdvisor look less often and collect less", {
            add: [
              "--housekeeping_interval=30s",
              "--disable_metrics=disk,diskIO,tcp,udp,percpu,sched,process,hugetlb,referenced_memory,cpu_topology,resctrl",
            ],
            mayBegin: true,
          })
        : [],
    ) ??
    byHand(
      "Start cAdvisor with --housekeeping_interval=30s --docker_only=true --store_container_labels=false --disable_metrics=disk,diskIO,tcp,udp,percpu,sched,process,hugetlb,referenced_memory,cpu_topology,resctrl (names of your version; panels that use them lose their data)",
      "In the command of cAdvisor, then recreate the container",
    ),
});

function isBusy(line: TextLine): boolean {
  if (line.stream === "log" || !matches(patterns, line)) return false;
  return (cpuOf(line.text) ?? 0) >= busyFrom;
}

/** The number in front of the first per cent sign, or the CPU column of top. */
function cpuOf(text: string): number | undefined {
  const share =
    text.match(/(\d{1,5}(?:[.,]\d{1,3})?) ?%/)?.[1] ?? text.match(/\s(\d{1,4}[.,]\d)\s+\d{1,3}[.,]\d\s/)?.[1];
  return share === undefined ? undefined : Number(share.replace(",", "."));
}

/** Undefined when the evidence does not show the command. */
function argumentsOf(component: Component): readonly string[] | undefined {
  const declared = component.docker?.origin === "declared" ? component.docker : component.docker?.declared;
  if (component.args.length > 0) return component.args.map(({ text }) => text);
  return declared ? (declared.args ?? []) : undefined;
}

function isTuned(flags: readonly string[]): boolean {
  const interval = flagValue(flags, "housekeeping_interval");
  const isSlow = interval !== undefined && (parseDuration(interval) ?? 0) >= 10_000;
  return (
    isSlow &&
    (flagValue(flags, "disable_metrics") !== undefined || flagValue(flags, "enable_metrics") !== undefined)
  );
}

function missing(flags: readonly string[]): string {
  const names = ["housekeeping_interval", "disable_metrics"].filter(
    (name) => flagValue(flags, name) === undefined,
  );
  return names.length > 0
    ? `no ${names.map((name) => `--${name}`).join(" and no ")}`
    : "a short --housekeeping_interval";
}

function flagValue(flags: readonly string[], name: string): string | undefined {
  const found = flags.findIndex((flag) => flag.replace(/^--?/, "").split(/[= ]/)[0] === name);
  if (found < 0) return undefined;
  return flags[found]?.match(/[= ](.*)$/)?.[1] ?? flags[found + 1] ?? "";
}
