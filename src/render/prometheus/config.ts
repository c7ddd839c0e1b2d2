// prometheus.yml: global settings, rules, Alertmanager, and one scrape config per job.
import { hasTrait } from "../../model/compatibility.ts";
import { given } from "../../model/given.ts";
import { deployedKinds, type ScrapeJob, type StackFile } from "../../model/stack-file.ts";
import { componentOf, endpointOf, schemeOf } from "../find.ts";
import { sorted } from "../labels.ts";
import { clientOf } from "../protection.ts";
import { credentials } from "../secrets.ts";
import { type TargetJob, targetJobs } from "./targets.ts";

type Config = Readonly<Record<string, unknown>>;

export function prometheusConfig(stack: StackFile): Config {
  const prometheus = componentOf(stack, "prometheus");
  const version = prometheus?.version ?? "";
  const alertmanager = endpointOf(stack, "alertmanager");
  const retention = prometheus?.retention;
  const inFile = hasTrait("prometheus", version, "retention-in-file");
  return given({
    global: {
      scrape_interval: stack.intervals.scrape,
      evaluation_interval: stack.intervals.evaluation,
      external_labels: externalLabels(stack),
    },
    storage: inFile && retention ? { tsdb: { retention: given({ ...retention }) } } : undefined,
    rule_files: ["rules/*.yml"],
    alerting:
      alertmanager === undefined
        ? undefined
        : {
            alertmanagers: [
              {
                ...(schemeOf(stack, "alertmanager") === "https" ? { scheme: "https" } : {}),
                ...clientOf(stack, "alertmanager"),
                static_configs: [{ targets: [alertmanager] }],
              },
            ],
          },
    scrape_configs: scrapeConfigs(stack),
    remote_write:
      stack.remoteWrite.length === 0
        ? undefined
        : stack.remoteWrite.map((one, i) =>
            given({
              url: one.url,
              headers: Object.keys(one.headers).length === 0 ? undefined : one.headers,
              ...credentials(one, `remote-write-${i + 1}`),
            }),
          ),
  });
}

/** Prometheus expands `$` in external labels. */
export function externalLabels(stack: StackFile): Config {
  const labels = sorted({ stack: stack.name, ...stack.externalLabels });
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, value.replaceAll("$", "$$$$")]),
  );
}

function scrapeConfigs(stack: StackFile): readonly Config[] {
  const declared = new Map(stack.scrape.map((job) => [job.job, job]));
  return targetJobs(stack).map((job) => scrapeConfig(stack, job, declared.get(job.job)));
}

function scrapeConfig(stack: StackFile, job: TargetJob, declared: ScrapeJob | undefined): Config {
  const version = componentOf(stack, "prometheus")?.version ?? "";
  const isPlain =
    declared && declared.probe === undefined && hasTrait("prometheus", version, "fallback-scrape-protocol");
  // Who is asked over the network: a component of ours, or what the job declares.
  const own =
    declared?.probe !== undefined ? "blackbox-exporter" : deployedKinds.find((kind) => kind === job.job);
  const params = {
    ...(declared?.probe === undefined ? {} : { module: [declared.probe] }),
    ...declared?.params,
  };
  return given({
    job_name: job.job,
    honor_labels: declared?.honorLabels ? true : undefined,
    scrape_interval: declared?.interval,
    scrape_timeout: declared?.timeout,
    metrics_path: declared && declared.path !== "/metrics" ? declared.path : undefined,
    scheme: (own ? schemeOf(stack, own) : declared?.scheme) === "https" ? "https" : undefined,
    params: Object.keys(params).length === 0 ? undefined : params,
    // Exporters written by hand often send no content type, which Prometheus 3 refuses without this.
    fallback_scrape_protocol: isPlain ? "PrometheusText0.0.4" : undefined,
    sample_limit: declared?.sampleLimit,
    ...(own
      ? clientOf(stack, own)
      : {
          ...(declared ? credentials(declared, `job-${job.job}`) : {}),
          tls_config:
            declared?.tls && given({ ca_file: declared.tls.caFile, server_name: declared.tls.serverName }),
        }),
    ...discovery(stack, job),
    relabel_configs:
      declared?.probe === undefined ? undefined : probeRelabelling(endpointOf(stack, "blackbox-exporter")),
  });
}

function discovery(stack: StackFile, { job, groups }: TargetJob): Config {
  if (stack.discovery.kind === "file")
    return { file_sd_configs: [{ files: [`targets/${fileName(job)}.json`], refresh_interval: "30s" }] };
  if (stack.discovery.kind === "http")
    return {
      http_sd_configs: [{ url: `${stack.discovery.url}/${fileName(job)}.json`, refresh_interval: "30s" }],
    };
  return { static_configs: groups };
}

/** A job's name as a file name. */
export function fileName(job: string): string {
  return job.replace(/[^\w.-]/g, "_");
}

/** The target is what the exporter asks; the exporter is who is scraped. */
function probeRelabelling(exporter: string | undefined): readonly Config[] {
  return [
    { source_labels: ["__address__"], target_label: "__param_target" },
    { source_labels: ["__param_target"], target_label: "instance" },
    { target_label: "__address__", replacement: exporter ?? "" },
  ];
}
