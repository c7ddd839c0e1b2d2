// An existing prometheus.yml with its target files: hosts from its targets, jobs, intervals, remote write.
import type { ConfigDocument } from "../../model/config.ts";
import { isRecord, itemsOf, memberOf, textOf, textRecord, valueAt } from "../../model/json-value.ts";
import type { Place } from "../../model/place.ts";
import { importComponentJob } from "./component-job.ts";
import { credentialsOf, withoutLogin } from "./credentials.ts";
import { componentOf, type ImportDraft, note } from "./draft.ts";
import { kindOfJob } from "./prometheus-targets.ts";
import { importJob } from "./scrape-job.ts";
import { listUnsupported } from "./unsupported.ts";

export function importPrometheus(
  draft: ImportDraft,
  doc: ConfigDocument,
  targetFiles: readonly ConfigDocument[],
): void {
  const prometheus = componentOf(draft, "prometheus");
  const at = (pointer: string): Place => {
    const line = doc.lines[pointer] ?? doc.at.line;
    return { source: doc.at.source, ...(line === undefined ? {} : { line }) };
  };
  const interval = textOf(valueAt(doc.value, "global", "scrape_interval"));
  const evaluation = textOf(valueAt(doc.value, "global", "evaluation_interval"));
  const external = textRecord(valueAt(doc.value, "global", "external_labels"));
  if (interval !== undefined) prometheus.scrape_interval = interval;
  if (evaluation !== undefined) prometheus.evaluation_interval = evaluation;
  if (Object.keys(external).length > 0) prometheus.external_labels = external;
  for (const key of Object.keys(isRecord(doc.value) ? doc.value : {}))
    if (!["global", "scrape_configs", "alerting", "remote_write", "rule_files", "storage"].includes(key))
      note(draft, at(`/${key}`), `${key} of ${doc.at.source}`, "the model has no place for it");
  const rules = itemsOf(memberOf(doc.value, "rule_files")).flatMap((one) => textOf(one) ?? []);
  if (rules.length > 0)
    note(
      draft,
      at("/rule_files"),
      `rule files ${rules.join(", ")}`,
      "watchmend renders rules about the stack itself; keep your own beside them in the rules folder, under other names",
    );
  const jobs = itemsOf(memberOf(doc.value, "scrape_configs"));
  // Hosts first, so that targets of other jobs on them are recognised.
  const order = jobs.map((job, i) => ({ job, i, kind: kindOfJob(job, targetFiles) }));
  const plain = (job: unknown): unknown => withoutDefaults(job, memberOf(doc.value, "global"));
  for (const { job, i, kind } of order)
    if (kind !== undefined)
      importComponentJob(draft, plain(job), kind, at(`/scrape_configs/${i}`), targetFiles);
  for (const { job, i, kind } of order)
    if (kind === undefined) importJob(draft, plain(job), at(`/scrape_configs/${i}`), targetFiles);
  importRemoteWrite(draft, doc, at);
}

/** A running Prometheus shows every setting of a job, also those nobody wrote. */
function withoutDefaults(job: unknown, global: unknown): unknown {
  if (!isRecord(job)) return job;
  const usual: Readonly<Record<string, unknown>> = {
    honor_labels: false,
    honor_timestamps: true,
    track_timestamps_staleness: false,
    metrics_path: "/metrics",
    scheme: "http",
    follow_redirects: true,
    enable_http2: true,
    enable_compression: true,
    scrape_interval: memberOf(global, "scrape_interval") ?? "1m",
    scrape_timeout: memberOf(global, "scrape_timeout") ?? "10s",
  };
  return Object.fromEntries(Object.entries(job).filter(([key, value]) => usual[key] !== value));
}

function importRemoteWrite(draft: ImportDraft, doc: ConfigDocument, at: (pointer: string) => Place): void {
  for (const [i, one] of itemsOf(memberOf(doc.value, "remote_write")).entries()) {
    const url = textOf(memberOf(one, "url"));
    const place = at(`/remote_write/${i}`);
    if (url === undefined || !/^https?:\/\/[^\s/]+/.test(url)) {
      note(draft, place, "a remote_write", "its URL is no http URL");
      continue;
    }
    const bare = withoutLogin(url);
    const hasOwn = ["basic_auth", "authorization", "bearer_token"].some(
      (key) => memberOf(one, key) !== undefined,
    );
    const auth = hasOwn || bare.username === undefined ? one : { basic_auth: { username: bare.username } };
    draft.remoteWrite.push({ url: bare.url, ...credentialsOf(draft, auth, `remote-write-${i + 1}`, place) });
    listUnsupported(draft, one, `remote_write ${bare.url}`, place, [
      "url",
      "basic_auth",
      "authorization",
      "bearer_token",
      "name",
    ]);
  }
}
