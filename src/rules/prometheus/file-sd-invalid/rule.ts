// A target file that Prometheus cannot read: it keeps the old targets (or none) and says so only in its log.

import type { ConfigDocument } from "../../../model/config.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord, itemsOf } from "../../../model/json-value.ts";
import type { Place } from "../../../model/place.ts";
import type { DocumentEdit, Step } from "../../../model/plan.ts";
import { placeOf } from "../../../stack/config-value.ts";
import { matchesGlob } from "../../../stack/glob.ts";
import { readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { editStep, repair } from "../../change-configuration.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/file-sd-invalid",
  title: "A file_sd target file is not valid, so Prometheus keeps the old targets or has none",
  why: "Prometheus reads target files strictly: a list of groups, each with targets and labels. A comma too many or too few, target instead of targets, or a number as a label value rejects the whole file. The process goes on with the targets it had; after a restart those of the file are missing.",
  severity: "warning",
  component: "prometheus",
  layer: "discovery",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    'discovery=file…msg="Error reading file"…{path*}err={error*}',
    'msg="Error reading file"…discovery=file…err={error*}',
    'msg="Error reading file"…path={file} err={error*}',
  ],
  uses: ["kubernetes.objects", "config.documents"],
  unconfirmed: "likely",
  confirm: () => ({ holds: true }),
  says: ({ captures, line }) =>
    `Prometheus cannot read the target file ${captures.file ?? /path=(\S+)|file=(\S+)/.exec(line.text)?.[1] ?? ""}: ${(captures.error ?? "").slice(0, 160)}`,
  fromFiles(facts, stack) {
    const patterns = facts["config.documents"]
      .filter(({ kind, value }) => kind === "prometheus" && value !== undefined)
      .flatMap((doc) => readPrometheusConfig(doc).jobs)
      .flatMap(({ discoveries }) => discoveries.filter(({ kind }) => kind === "file"))
      .flatMap(({ names }) => names.map(({ value }) => value));
    const owners = stack.components.filter(({ kind }) => kind === "prometheus");
    const owner = owners.length === 1 ? owners[0] : undefined;
    return facts["config.documents"].flatMap((doc): FindingDraft[] => {
      const isNamed = patterns.some((pattern) => names(pattern, doc));
      const isTargetFile =
        doc.kind === "prometheus-file-sd" ||
        (isNamed && (doc.kind === "unknown-json" || doc.kind === "unknown-yaml"));
      if (!isTargetFile || doc.template) return [];
      const fault = doc.parseError
        ? { at: doc.parseError.at, why: `does not parse: ${doc.parseError.message}` }
        : faultOf(doc);
      if (!fault) return [];
      const file = doc.embeddedIn?.key ?? doc.path ?? doc.at.source;
      return [
        {
          subject: { kind: "file", id: file },
          ...(owner ? { component: owner.id } : {}),
          says: `Target file ${file} ${fault.why} (line ${fault.at.line ?? "?"}): file_sd rejects the whole file and Prometheus keeps the old targets`,
          proof: [fault.at],
          certainty: "proven",
        },
      ];
    });
  },
  decideWith: "promtool check service-discovery prometheus.yml JOB; python3 -m json.tool FILE",
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config"],
  fix: (finding, facts) =>
    repair("Name the key as file_sd reads it", "safe", rightKeys(finding, facts)) ?? {
      summary:
        'Write the file as [{"targets": ["host:port"], "labels": {"name": "value"}}] with a serialiser instead of a text template; file_sd reads it again by itself',
      risk: "safe",
      steps: [{ do: "by-hand", title: "Correct the target file", command: "python3 -m json.tool FILE" }],
    },
});

function names(pattern: string, doc: ConfigDocument): boolean {
  const file = doc.embeddedIn?.key ?? doc.path ?? doc.at.source;
  const steps = (text: string) => text.split("/").slice(-2).join("/");
  return matchesGlob(pattern, file) || matchesGlob(steps(pattern), steps(file));
}

function faultOf(doc: ConfigDocument): { at: Place; why: string } | undefined {
  if (doc.value !== undefined && !Array.isArray(doc.value)) {
    return isRecord(doc.value) && ("targets" in doc.value || "target" in doc.value)
      ? { at: doc.at, why: "is one group instead of a list of groups" }
      : undefined;
  }
  for (const [i, group] of itemsOf(doc.value).entries()) {
    if (!isRecord(group)) continue;
    const strange = Object.keys(group).find((key) => key !== "targets" && key !== "labels");
    if (strange === "target")
      return { at: placeOf(doc, i, strange), why: "has the key target instead of targets" };
    if (strange !== undefined && "targets" in group && strange === "label")
      return { at: placeOf(doc, i, strange), why: "has the key label instead of labels" };
    if ("targets" in group && !Array.isArray(group.targets))
      return { at: placeOf(doc, i, "targets"), why: "has targets that are no list" };
  }
  return undefined;
}

/** `target` and `label` are slips for `targets` and `labels`; file_sd reads the file again by itself. */
function rightKeys(finding: FindingDraft, facts: Pick<Facts, "config.documents">): readonly Step[] {
  const wrong = { target: "targets", label: "labels" } as const;
  return facts["config.documents"].flatMap((doc): Step[] => {
    if (!finding.proof.some(({ source }) => source === doc.at.source)) return [];
    const edits = itemsOf(doc.value).flatMap((group, i): DocumentEdit[] =>
      Object.entries(wrong).flatMap(([key, right]): DocumentEdit[] =>
        isRecord(group) && key in group && !(right in group)
          ? [
              { op: "set", path: [i, right], value: group[key] },
              { op: "remove", path: [i, key] },
            ]
          : [],
      ),
    );
    return edits.length > 0 ? [editStep(doc, "Correct the keys of the target file", edits)] : [];
  });
}
