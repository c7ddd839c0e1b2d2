// The replay of the write-ahead log may fill memory up to a ceiling that is higher than the container's limit.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { parseBytes } from "../../../stack/quantity.ts";
import { placedText } from "../../../stack/setting.ts";
import { matches } from "../../line-match.ts";
import { lokiFix } from "../../loki-fix.ts";
import { type LokiSettings, lokiSettings } from "../../loki-settings.ts";
import { oomKilled } from "../../memory-kill.ts";

const replay = [
  "recovering from checkpoint",
  "recovering from WAL",
  "replaying WAL from existing file",
  "checkpoint recovery",
  "WAL segment recovery",
  "replay memory ceiling",
];
const kernel = [
  "Out of memory: Killed process",
  "Memory cgroup out of memory: Killed process",
  "OOMKilled",
  "exited with code 137",
  "exit code 137",
  "Exit Code: 137",
];
const replayPatterns = replay.map(compilePattern);
const kernelPatterns = kernel.map(compilePattern);

/** pkg/ingester/wal.go: -ingester.wal-replay-memory-ceiling. */
const defaultCeiling = 4 * 1024 ** 3;

export const rule = defineRule({
  id: "loki/wal-replay-out-of-memory",
  title: "Loki is killed for memory while it replays its write-ahead log",
  why: "During replay the ingester may use memory up to ingester.wal.replay_memory_ceiling (default 4GB) before it flushes. With a smaller container limit the kernel kills it first, it starts again and replays the same log: a loop that never ends by itself.",
  severity: "critical",
  component: "loki",
  layer: "memory",
  nature: "cause",
  effect: "down",
  phase: "replay",
  needs: ["text.lines"],
  uses: ["config.documents", "kubernetes.pods"],
  texts: [...replay, ...kernel],
  decideWith:
    "kubectl logs LOKI-POD --previous | tail -5; kubectl describe pod LOKI-POD | grep -A6 'Last State'",
  references: [
    "https://github.com/grafana/loki/issues/9939",
    "https://github.com/grafana/loki/blob/main/pkg/ingester/wal.go",
  ],
  check({ "text.lines": lines, "config.documents": documents }, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      if (component.kind !== "loki") return [];
      const kill = oomKilled(component, lines, kernelPatterns);
      if (!kill) return [];
      const own = lines.filter((line) => {
        const owner = componentOfLine(stack, line);
        return owner === component || (line.component === undefined && matches(replayPatterns, line));
      });
      const replayed = own.findLast((line) => matches(replayPatterns, line));
      if (!replayed) return [];
      const settings = lokiSettings({ "config.documents": documents }, stack, component);
      const ceiling = ceilingOf(settings);
      const limit = limitOf(component);
      if (limit !== undefined && ceiling.bytes <= limit * 0.9) return [];
      const limitText = limit === undefined ? "the container's memory limit" : `the limit of ${mib(limit)}`;
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `Killed for memory (OOMKilled) while the WAL is replayed: replay_memory_ceiling is ${ceiling.text}, more than ${limitText}. Set ingester.wal.replay_memory_ceiling to about 75 % of the limit, or raise the limit`,
          proof: [
            { ...replayed.at, excerpt: replayed.text },
            { ...kill.at, ...(kill.excerpt ? { excerpt: kill.excerpt } : {}) },
            ...(ceiling.at ? [ceiling.at] : []),
          ],
          certainty: limit === undefined ? "likely" : "proven",
        },
      ];
    });
  },
  fix: (finding, facts, stack) => {
    const component = stack.components.find(({ id }) => id === finding.component);
    const limit = component ? limitOf(component) : undefined;
    const value = limit === undefined ? "1GB" : `${Math.max(100, Math.floor((limit * 0.75) / 1024 ** 2))}MB`;
    return lokiFix(
      finding,
      facts,
      `Set ingester.wal.replay_memory_ceiling: ${value} (about 75 % of the memory limit) or raise the limit; do not delete the WAL`,
      [{ path: ["ingester", "wal", "replay_memory_ceiling"], value }],
    );
  },
});

function ceilingOf(settings: readonly LokiSettings[]): {
  bytes: number;
  text: string;
  at?: { source: string; line?: number };
} {
  for (const { doc } of settings) {
    const set = placedText(doc, "ingester", "wal", "replay_memory_ceiling");
    const bytes = set ? parseBytes(set.value) : undefined;
    if (set && bytes !== undefined) return { bytes, text: set.value, at: set.at };
  }
  return { bytes: defaultCeiling, text: "4GB (the default)" };
}

function limitOf(component: Component): number | undefined {
  const limit = component.container?.limits?.memory;
  return limit === undefined ? component.docker?.memoryLimitBytes : parseBytes(limit);
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)}Mi`;
}
