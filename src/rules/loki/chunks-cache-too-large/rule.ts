// The chart brings an 8 GB memcached; small clusters cannot place it.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { numberAt, placeOf, textAt } from "../../../stack/config-value.ts";
import { matches } from "../../line-match.ts";

const texts = ["Insufficient memory"];
const mentions = ["chunks-cache", "chunksCache"];
const patterns = texts.map(compilePattern);
const mentionPatterns = mentions.map(compilePattern);
const isCache = (name: string): boolean => /chunks-?cache/.test(name);

export const rule = defineRule({
  id: "loki/chunks-cache-too-large",
  title: "The chunks-cache of the Loki chart asks for more memory than any node has free",
  why: "Chart 6.x enables a memcached for chunks with allocatedMemory: 8192, so its pod requests 9830Mi (1.2 times that). On small nodes it stays Pending and helm --wait times out, while Loki itself works.",
  severity: "warning",
  component: "loki",
  layer: "scheduling",
  nature: "cause",
  effect: "none",
  phase: "schedule",
  needs: [],
  needsAny: ["kubernetes.pods", "kubernetes.events", "text.lines"],
  uses: ["config.documents", "kubernetes.pods", "kubernetes.events", "text.lines"],
  texts: [...texts, ...mentions],
  decideWith: "kubectl -n NAMESPACE describe pod LOKI-chunks-cache-0",
  references: ["https://github.com/grafana/loki/issues/15813", "https://github.com/grafana/loki/pull/17556"],
  check(facts) {
    const pod = facts["kubernetes.pods"].find(
      (entry) => isCache(entry.name) && /Pending/.test(entry.statusText ?? entry.phase ?? ""),
    );
    const event = facts["kubernetes.events"].find(
      (entry) => isCache(entry.name) && /Insufficient memory/i.test(entry.message),
    );
    const line = facts["text.lines"].find(
      (entry) =>
        matches(patterns, entry) &&
        (isCache(entry.text) || isCache(entry.pod ?? "") || isCache(entry.at.source)),
    );
    const told = facts["text.lines"].find(
      (entry) =>
        matches(mentionPatterns, entry) && /Pending|FailedScheduling|unschedulable/i.test(entry.text),
    );
    const general = (pod ?? told) && facts["text.lines"].find((entry) => matches(patterns, entry));
    const seen = event ? { at: event.at } : (line ?? general);
    if (!pod && !event && !line && !(told && general)) return [];
    const request = pod?.spec?.containers.flatMap(({ requests }) => requests?.memory ?? [])[0];
    const values = facts["config.documents"].find(
      (doc) =>
        doc.kind === "helm-values" && textAt(doc.value, "chunksCache", "allocatedMemory") !== undefined,
    );
    const allocated = values ? numberAt(values.value, "chunksCache", "allocatedMemory") : undefined;
    if (!seen && !request && pod) {
      const others = facts["kubernetes.pods"].some(
        (entry) => entry !== pod && /Pending/.test(entry.statusText ?? entry.phase ?? ""),
      );
      if (others) return [];
    }
    const name = pod?.name ?? event?.name ?? "loki-chunks-cache-0";
    const finding: FindingDraft = {
      subject: { kind: "pod", id: pod?.namespace ? `${pod.namespace}/${name}` : name },
      says: `${name} is Pending for lack of memory: it requests ${request ?? `about ${Math.floor((allocated ?? 8192) * 1.2)}Mi`} (chunksCache.allocatedMemory ${allocated ?? "8192 by default"} × 1.2). Set chunksCache.allocatedMemory: 512 or chunksCache.enabled: false`,
      proof: [
        ...(seen ? [seen.at] : []),
        ...(pod ? [pod.at] : told ? [{ ...told.at, excerpt: told.text }] : []),
        ...(values ? [placeOf(values, "chunksCache", "allocatedMemory")] : []),
      ],
      certainty: seen ? "proven" : "likely",
    };
    return [finding];
  },
  fix(_finding, facts) {
    const values = facts["config.documents"].filter((doc) => doc.kind === "helm-values");
    const [file] = values;
    return {
      summary:
        "Set chunksCache.allocatedMemory: 512 (or chunksCache.enabled: false) in the values of the Loki chart",
      risk: "safe",
      steps:
        file && values.length === 1
          ? [
              {
                do: "edit-document",
                title: "A chunks-cache of 512 MB",
                file: file.at,
                edits: [{ op: "set", path: ["chunksCache", "allocatedMemory"], value: 512 }],
              },
            ]
          : [
              {
                do: "by-hand",
                title: "A smaller chunks-cache",
                command:
                  "helm upgrade LOKI grafana/loki -n NAMESPACE --reuse-values --set chunksCache.allocatedMemory=512",
              },
            ],
    };
  },
});
