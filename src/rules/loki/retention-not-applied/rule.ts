// Somebody configured a retention, and Loki does not apply it: a wrong key, a half of the settings, or an old process.
import type { ConfigDocument } from "../../../model/config.ts";
import { formatDuration } from "../../../model/duration.ts";
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { TextLine } from "../../../model/text.ts";
import { isBefore } from "../../../stack/semver.ts";
import { placedBoolean, placedText } from "../../../stack/setting.ts";
import { matches } from "../../line-match.ts";
import { lokiFix } from "../../loki-fix.ts";
import { type LokiSettings, lokiSettings, subjectOf } from "../../loki-settings.ts";

/** What people write (or the disk says) when old logs do not go away. Without it an unused setting is only worth knowing. */
const complaints = [
  "old logs",
  "older logs",
  "retention is not",
  "retention does not",
  "retention doesn't",
  "retention not",
  "not deleted",
  "never deleted",
  "automatically deleted",
  "not deleting",
  "not be deleted",
  "not getting deleted",
  "not removed",
  "disk fills",
  "disk is full",
  "disk full",
  "keeps growing",
  "no space left on device",
];
const complaintPatterns = complaints.map(compilePattern);

export const rule = defineRule({
  id: "loki/retention-not-applied",
  title: "Loki does not apply the retention that is configured",
  why: "Loki deletes only when the compactor has retention_enabled: true, a delete_request_store and limits_config.retention_period. Helm ignores unknown keys silently, table_manager does not delete from tsdb or boltdb-shipper stores, and a process keeps what it read at its start: /config shows what counts.",
  severity: "warning",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  uses: ["text.lines"],
  texts: complaints,
  decideWith:
    "curl -s http://LOKI:3100/config | grep -E 'retention_enabled|retention_period|delete_request_store'",
  references: [
    "https://grafana.com/docs/loki/latest/operations/storage/retention/",
    "https://github.com/grafana/loki/issues/9990",
  ],
  check({ "config.documents": documents, "text.lines": lines }, stack) {
    const settings = lokiSettings({ "config.documents": documents }, stack);
    const complaint = lines.find((line) => matches(complaintPatterns, line));
    const running = settings.find(({ doc }) => doc.origin === "running");
    const files = settings.filter(({ doc }) => doc.origin === "file");
    if (running) return againstRunning(running, files, documents);
    return [...files.flatMap(unusedOf), ...documents.flatMap(strayOf)]
      .slice(0, 1)
      .map(({ owner, ...rest }) => withComplaint(rest, owner, complaint));
  },
  fix(finding, facts, stack) {
    const settings = lokiSettings(facts, stack);
    const store =
      settings.flatMap(({ periods }) => periods.at(-1)?.objectStore?.value ?? [])[0] ?? "filesystem";
    const period = settings
      .flatMap(({ retentionPeriod }) => retentionPeriod ?? [])
      .find(({ value }) => value > 0);
    return lokiFix(
      finding,
      facts,
      `Set compactor.retention_enabled: true, compactor.delete_request_store: ${store} and limits_config.retention_period (Helm: below loki.); confirm the period first: it deletes data as soon as it works`,
      [
        { path: ["compactor", "retention_enabled"], value: true },
        { path: ["compactor", "delete_request_store"], value: store },
        ...(period ? [] : [{ path: ["limits_config", "retention_period"], value: "744h" }]),
      ],
      "destructive",
    );
  },
});

interface Unused {
  readonly says: string;
  readonly proof: readonly ProofDraft[];
  readonly owner?: LokiSettings;
}

/** What the process has loaded is what counts; a file or values that say otherwise never reached it. */
function againstRunning(
  running: LokiSettings,
  files: readonly LokiSettings[],
  documents: readonly ConfigDocument[],
): FindingDraft[] {
  const wanted = files.find(
    ({ retentionEnabled, retentionPeriod }) => retentionEnabled.value || (retentionPeriod?.value ?? 0) > 0,
  );
  const stray = documents.flatMap(strayOf)[0];
  const period = running.retentionPeriod;
  const isOff = !running.retentionEnabled.value;
  const isForEver = period?.value === 0 && isBefore(running.version, "2.8.0") !== true;
  if (!(isOff || isForEver) || !(wanted || stray)) return [];
  const shown = [
    ...(isOff ? ["retention_enabled: false"] : []),
    ...(isForEver ? ["retention_period: 0s (keep for ever)"] : []),
  ].join(" and ");
  const source = wanted
    ? [wanted.retentionEnabled.at ?? wanted.retentionPeriod?.at ?? wanted.doc.at]
    : (stray?.proof ?? []);
  return [
    {
      ...subjectOf(running),
      says: `The running configuration (/config) shows ${shown}, although the file asks for retention: ${stray?.says ?? "it stands under a key the chart ignores, or Loki was not restarted"}`,
      proof: [running.retentionEnabled.at ?? period?.at ?? running.doc.at, ...source],
      certainty: "proven",
    },
  ];
}

/** Half of the settings, or those of the table manager. */
function unusedOf(settings: LokiSettings): readonly Unused[] {
  const { retentionEnabled, retentionPeriod, tableManagerDeletes, periods, isWhole, owner } = settings;
  if (retentionEnabled.value || !isWhole) return [];
  const store = periods.at(-1)?.store;
  if (
    tableManagerDeletes.value &&
    tableManagerDeletes.at &&
    store &&
    /^(tsdb|boltdb-shipper)$/.test(store.value)
  ) {
    return [
      {
        says: `table_manager.retention_deletes_enabled deletes nothing from a ${store.value} store: retention is the compactor's (compactor.retention_enabled: true, compactor.delete_request_store, limits_config.retention_period)`,
        proof: [tableManagerDeletes.at, store.at],
        ...(owner ? { owner: settings } : {}),
      },
    ];
  }
  if (!retentionPeriod || retentionPeriod.value <= 0) return [];
  return [
    {
      says: `limits_config.retention_period is ${formatDuration(retentionPeriod.value)}, but compactor.retention_enabled is ${retentionEnabled.at ? "false" : "not set (false)"}: nothing is ever deleted`,
      proof: [retentionPeriod.at, ...(retentionEnabled.at ? [retentionEnabled.at] : [])],
      ...(owner ? { owner: settings } : {}),
    },
  ];
}

/** Values that put Loki's own blocks beside `loki:` instead of below it: Helm drops them without a word. */
function strayOf(doc: ConfigDocument): readonly Unused[] {
  if (
    doc.kind !== "helm-values" ||
    placedText(doc, "loki", "structuredConfig", "limits_config", "retention_period")
  )
    return [];
  const stray = [
    { name: "compactor.retention_enabled", found: placedBoolean(doc, "compactor", "retention_enabled") },
    { name: "limits_config.retention_period", found: placedText(doc, "limits_config", "retention_period") },
    {
      name: "table_manager.retention_deletes_enabled",
      found: placedBoolean(doc, "table_manager", "retention_deletes_enabled"),
    },
  ].flatMap(({ name, found }) => (found && found.value !== false ? [{ name, at: found.at }] : []));
  const [first] = stray;
  if (!first) return [];
  return [
    {
      says: `${stray.map(({ name }) => name).join(" and ")} stands at the top of the chart's values, where Helm silently ignores it: Loki's own settings belong below loki. (loki.${first.name}) or loki.structuredConfig`,
      proof: stray.map(({ at }) => at),
    },
  ];
}

function withComplaint(
  unused: Omit<Unused, "owner">,
  owner: LokiSettings | undefined,
  complaint: TextLine | undefined,
): FindingDraft {
  return {
    ...(owner ? subjectOf(owner) : { subject: { kind: "component", id: "loki" } }),
    says: unused.says,
    proof: [...unused.proof, ...(complaint ? [{ ...complaint.at, excerpt: complaint.text }] : [])],
    certainty: "proven",
    ...(complaint ? {} : { severity: "notice" as const }),
  };
}
