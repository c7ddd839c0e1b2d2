// A relabelling rule copies a label that this discovery never sets: the empty value deletes the label it should fill.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { matchesGlob } from "../../../stack/glob.ts";
import {
  readFileTargets,
  readPrometheusConfig,
  type ScrapeJob,
  type StaticTarget,
  targetSettings,
} from "../../../stack/prometheus-config.ts";
import { targetLabels } from "../../../stack/relabel.ts";
import {
  editStep,
  filesOf,
  isQuoted,
  ownerOf,
  readAgain,
  repair,
  valuesIn,
} from "../../change-configuration.ts";

export const rule = defineRule({
  id: "prometheus/relabelling-deletes-label",
  title: "A relabelling rule deletes a target label, because its source label is never set by this discovery",
  why: "The default action replace with the default regex matches the empty text too, and writing an empty value removes the target label. A rule that copies a __meta_ label which file_sd or static_configs do not set therefore wipes the label of the same name that the target file did set. promtool accepts it; queries and alerts that select by that label find nothing.",
  severity: "warning",
  component: "prometheus",
  layer: "discovery",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  uses: ["kubernetes.objects"],
  decideWith: "promtool check service-discovery prometheus.yml JOB",
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config",
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config",
  ],
  check({ "config.documents": documents }, stack) {
    return documents
      .filter(({ kind, value }) => kind === "prometheus" && value !== undefined)
      .flatMap((doc) => {
        const owner = stack.components.find(({ configs }) => configs.includes(doc));
        return readPrometheusConfig(doc).jobs.flatMap((job) =>
          lostLabels(job, targetsOf(job, documents)).map(
            ({ label, value, sources, ruleAt, target }): FindingDraft => ({
              subject: { kind: "object", id: `job ${job.name?.value ?? "?"}: ${label}` },
              ...(owner ? { component: owner.id } : {}),
              says: `Job ${job.name?.value ?? "?"}: the relabelling rule from ${sources} to ${label} deletes the label ${label}="${value}" that the target has, because nothing sets ${sources} here and replace with an empty value removes the target label`,
              proof: [ruleAt, target.at],
              certainty: "proven",
            }),
          ),
        );
      });
  },
  fix: (finding, facts, stack) =>
    repair("Let the rule act only where its source has a value", "safe", [
      ...filesOf(facts, "prometheus").flatMap((doc) =>
        valuesIn(doc, (_value, path) => typeof path.at(-1) === "number" && path.at(-2) === "relabel_configs")
          .filter((found) => isQuoted(found, finding))
          .map(({ path }) =>
            editStep(doc, "Match only where the source has a value", [
              { op: "set", path: [...path, "regex"], value: "(.+)" },
            ]),
          ),
      ),
      ...readAgain(ownerOf(finding, stack)),
    ]) ?? {
      summary: `Remove that rule (the label is set by the target file already), or give it regex: (.+) so that it does nothing when the source is empty`,
      risk: "safe",
      steps: [{ do: "by-hand", title: `Correct the relabelling of ${finding.subject.id}` }],
    },
});

interface Loss {
  readonly label: string;
  readonly value: string;
  readonly sources: string;
  readonly ruleAt: StaticTarget["at"];
  readonly target: StaticTarget;
}

function lostLabels(job: ScrapeJob, targets: readonly StaticTarget[]): readonly Loss[] {
  if (job.relabelings.length === 0) return [];
  const rules = job.relabelings.map(({ rule: relabeling }) => relabeling);
  const found = new Map<string, Loss>();
  for (const target of targets) {
    const result = targetLabels(
      { ...target.labels, __address__: target.address },
      rules,
      targetSettings(job),
    );
    for (const { name, value, rule: index } of result.lost) {
      const relabeling = job.relabelings[index];
      const { sourceLabels = [], action = "replace" } = relabeling?.rule ?? {};
      if (!relabeling || name.startsWith("__") || action.toLowerCase() !== "replace") continue;
      if (sourceLabels.length === 0 || found.has(name)) continue;
      if (!sourceLabels.every((source) => source.startsWith("__meta_") && !(source in target.labels)))
        continue;
      found.set(name, {
        label: name,
        value,
        sources: sourceLabels.join(", "),
        ruleAt: relabeling.at,
        target,
      });
    }
  }
  return [...found.values()];
}

/** Static targets and those of target files that the job's patterns name; other discoveries set labels nobody can know here. */
function targetsOf(job: ScrapeJob, documents: readonly ConfigDocument[]): readonly StaticTarget[] {
  const patterns = job.discoveries
    .filter(({ kind }) => kind === "file")
    .flatMap(({ names }) => names.map(({ value }) => value));
  const files = documents.filter(
    (doc) => doc.kind === "prometheus-file-sd" && patterns.some((pattern) => isNamed(pattern, doc)),
  );
  return [...job.targets, ...files.flatMap(readFileTargets)];
}

function isNamed(pattern: string, doc: ConfigDocument): boolean {
  const file = doc.embeddedIn?.key ?? doc.path ?? doc.at.source;
  if (matchesGlob(pattern, file)) return true;
  const steps = (text: string) => text.split("/").slice(-2).join("/");
  return (
    matchesGlob(steps(pattern), steps(file)) ||
    (!file.includes("/") && matchesGlob(pattern.split("/").at(-1) ?? "", file))
  );
}
