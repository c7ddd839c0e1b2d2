// memcached is told to use more memory than its container may have.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { numberAt, placeOf, textAt, valueAt } from "../../../stack/config-value.ts";
import { byHand } from "../../by-hand.ts";

const defaults: Readonly<Record<string, number>> = { chunksCache: 8192, resultsCache: 1024 };

export const rule = defineRule({
  id: "loki/chunks-cache-limit-below-allocation",
  title:
    "The memory limit of Loki's memcached is below its allocatedMemory, so it is OOM-killed when the cache fills",
  why: "The chart starts memcached with -m allocatedMemory (chunksCache 8192 MB, resultsCache 1024 MB by default). A resources.limits.memory of one's own does not change that: memcached fills up to -m, passes the limit of the container and is killed (OOMKilled, exit code 137).",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  decideWith: "kubectl -n NAMESPACE describe pod LOKI-chunks-cache-0   # Args: -m, Limits: memory",
  references: ["https://github.com/grafana/loki/issues/15813"],
  explains: [
    {
      rule: "kubernetes/container-out-of-memory",
      via: "anything",
      mechanism: "memcached fills its -m and passes the container's limit",
    },
    {
      rule: "kubernetes/pod-crash-looping",
      via: "anything",
      mechanism: "memcached is killed again and again",
    },
  ],
  check: (facts) =>
    facts["config.documents"].flatMap((doc): FindingDraft[] => {
      if (doc.origin !== "file") return [];
      return Object.entries(defaults).flatMap(([key, fallback]) =>
        [[key], ["loki", key]].flatMap((path): FindingDraft[] => {
          const limit = megabytes(textAt(doc.value, ...path, "resources", "limits", "memory"));
          const allocated = numberAt(doc.value, ...path, "allocatedMemory") ?? fallback;
          if (limit === undefined || limit >= allocated || valueAt(doc.value, ...path, "enabled") === false)
            return [];
          return [
            {
              subject: { kind: "component", id: "loki" },
              says: `${key}.resources.limits.memory is ${Math.round(limit)} MB, but memcached may use ${key}.allocatedMemory: ${allocated} MB${valueAt(doc.value, ...path, "allocatedMemory") === undefined ? " (the chart's default)" : ""}: it is OOMKilled when the cache fills; set ${key}.allocatedMemory below the limit`,
              proof: [placeOf(doc, ...path, "resources", "limits", "memory")],
              certainty: "proven",
            },
          ];
        }),
      );
    }),
  fix: (finding) =>
    byHand(
      `Set ${finding.says.split(".")[0]}.allocatedMemory to about 80 % of the limit (or leave resources out: the chart derives request and limit from allocatedMemory)`,
      "In the values of the Loki chart",
    ),
});

function megabytes(text: string | undefined): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|K|M|G)?$/.exec(text ?? "") ?? [];
  if (number === undefined || unit === undefined) return undefined;
  const factor: Readonly<Record<string, number>> = { K: 0.001, Ki: 1 / 1024, M: 1, Mi: 1, G: 1000, Gi: 1024 };
  return Number(number) * (factor[unit] ?? 1);
}
