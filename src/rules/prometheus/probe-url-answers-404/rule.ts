// A blackbox probe asks for a page that the service does not have: the service is fine, the probe fails for ever.

import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord, textOf } from "../../../model/json-value.ts";
import type { KubernetesObject } from "../../../model/kubernetes.ts";
import type { Place } from "../../../model/place.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, placeOf, textAt, valueAt } from "../../../stack/config-value.ts";
import { kindOfName } from "../../../stack/identify.ts";
import { readPrometheusConfig, type ScrapeJob, targetSettings } from "../../../stack/prometheus-config.ts";
import { targetLabels } from "../../../stack/relabel.ts";
import { filesOf, readAgain, repair, replaceValues, valuesIn } from "../../change-configuration.ts";
import { changeObject, type ObjectFacts } from "../../change-object.ts";

interface Probed {
  readonly at: Place;
  readonly url: string;
  readonly module: string;
  readonly job: string;
}

/** Services whose root page does not exist, with the path that tells whether they work. */
const withoutRoot = [
  { name: "Loki", port: "3100", health: "/ready", is: (host: string) => kindOfName(host) === "loki" },
  {
    name: "Tempo",
    port: "3200",
    health: "/ready",
    is: (host: string) => /(?:^|[-.])tempo(?:[-.]|$)/.test(host),
  },
] as const;

export const rule = defineRule({
  id: "prometheus/probe-url-answers-404",
  title: "A blackbox probe asks for the path / of a service that answers it with 404",
  why: "A probe target without a path asks for /. Loki has no page there and answers 404, and a module that wants a 2xx status counts that as failure: the panel says Fail while the service works. Probe the health path instead: /ready for Loki, /-/healthy for Prometheus and Alertmanager, /api/health for Grafana.",
  severity: "warning",
  component: "prometheus",
  layer: "probe",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  uses: ["kubernetes.objects"],
  decideWith: "curl -s 'http://BLACKBOX:9115/probe?module=http_2xx&target=URL&debug=true' | tail -40",
  references: [
    "https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md#http_probe",
    "https://grafana.com/docs/loki/latest/reference/loki-http-api/#identify-ready-loki-instance",
  ],
  check({ "config.documents": documents, "kubernetes.objects": objects }, stack) {
    const modules = readModules(documents);
    const probed = [
      ...documents
        .filter(({ kind, value }) => kind === "prometheus" && value !== undefined)
        .flatMap((doc) => readPrometheusConfig(doc).jobs.flatMap((job) => probedBy(job))),
      ...objects.filter(({ kind }) => kind === "Probe").flatMap(probedByObject),
    ];
    const prometheus = stack.components.filter(({ kind }) => kind === "prometheus");
    return probed.flatMap(({ at, url, module, job }): FindingDraft[] => {
      const service = serviceWithoutRoot(url);
      if (!service) return [];
      const known = modules.get(module);
      if (known ? known.accepts404 || !known.isHttp : !/^http/.test(module)) return [];
      const owner = prometheus.length === 1 ? prometheus[0] : undefined;
      return [
        {
          subject: { kind: "link", id: `${job} → ${url}` },
          ...(owner ? { component: owner.id } : {}),
          says: `Job ${job} probes ${url} without a health path: ${service.name} answers / with 404, and module ${module} wants 2xx, so the probe fails although ${service.name} may be fine; probe ${url.replace(/\/$/, "")}${service.health}`,
          proof: [at, ...(known ? [known.at] : [])],
          certainty: "proven",
        },
      ];
    });
  },
  fix(finding, facts, stack) {
    const repaired = repair(`Probe ${healthOf(finding)} instead`, "safe", [
      ...filesOf(facts, "prometheus").flatMap((doc) =>
        replaceValues(
          valuesIn(doc, (value, path) => path.at(-2) === "targets" && value === probedUrl(finding)),
          `Probe ${healthOf(finding)}`,
          () => healthOf(finding),
        ),
      ),
      ...probeObjects(finding, facts),
      ...readAgain(stack.components.find(({ id }) => id === finding.component)),
    ]);
    if (repaired) return repaired;
    const url = finding.subject.id.split(" → ")[1] ?? "URL";
    const health = serviceWithoutRoot(url)?.health ?? "/ready";
    return {
      summary: `Probe ${url.replace(/\/$/, "")}${health} instead of ${url}`,
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: `Replace ${url} by ${url.replace(/\/$/, "")}${health} in the probe's targets`,
        },
      ],
    };
  },
});

function serviceWithoutRoot(url: string): (typeof withoutRoot)[number] | undefined {
  const match = /^(?:https?:\/\/)?([\w.-]{1,253})(?::(\d{1,5}))?(\/?)$/.exec(url.trim());
  if (!match) return undefined;
  const [, host = "", port] = match;
  if (/gateway|nginx|proxy|ingress/i.test(host)) return undefined;
  return withoutRoot.find(
    (service) =>
      service.port === port && (service.is(host.toLowerCase()) || /^[\d.]+$|^localhost$/.test(host)),
  );
}

/** What the exporter will be asked for, after relabelling. */
function probedBy(job: ScrapeJob): readonly Probed[] {
  if (!/\/probe\/?$/.test(job.metricsPath.value)) return [];
  return job.targets.flatMap(({ address, labels, at }) => {
    const result = targetLabels(
      { ...labels, __address__: address },
      job.relabelings.map(({ rule: relabeling }) => relabeling),
      targetSettings(job),
    );
    const url = result.labels.__param_target;
    const module = result.labels.__param_module ?? "http_2xx";
    return result.kept && url ? [{ at, url, module, job: job.name?.value ?? "blackbox" }] : [];
  });
}

function probedByObject(object: KubernetesObject): readonly Probed[] {
  const path = ["spec", "targets", "staticConfig", "static"];
  return listAt(object.value, ...path).flatMap((target, i) => {
    const url = textOf(target);
    if (!url) return [];
    return [
      {
        at: placeOf(object, ...path, i),
        url,
        module: textAt(object.value, "spec", "module") ?? "http_2xx",
        job: `Probe ${object.name}`,
      },
    ];
  });
}

interface Module {
  readonly at: Place;
  readonly isHttp: boolean;
  readonly accepts404: boolean;
}

function readModules(documents: readonly ConfigDocument[]): ReadonlyMap<string, Module> {
  const modules = new Map<string, Module>();
  for (const doc of documents) {
    const list = doc.kind === "blackbox" ? valueAt(doc.value, "modules") : undefined;
    if (!isRecord(list)) continue;
    for (const name of Object.keys(list)) {
      const path = ["modules", name];
      const codes = listAt(doc.value, ...path, "http", "valid_status_codes").map(Number);
      modules.set(name, {
        at: placeOf(doc, ...path),
        isHttp: textAt(doc.value, ...path, "prober") === "http",
        accepts404: codes.includes(404),
      });
    }
  }
  return modules;
}

function probedUrl({ subject }: FindingDraft): string {
  return subject.id.split(" → ")[1] ?? "";
}

function healthOf(finding: FindingDraft): string {
  const url = probedUrl(finding);
  return `${url.replace(/\/$/, "")}${serviceWithoutRoot(url)?.health ?? "/ready"}`;
}

function probeObjects(finding: FindingDraft, facts: ObjectFacts): readonly Step[] {
  const [, name] = /^Probe (\S+) → /.exec(finding.subject.id) ?? [];
  if (name === undefined) return [];
  const path = ["spec", "targets", "staticConfig", "static"];
  return changeObject(facts, { kind: "Probe", name }, `Probe ${healthOf(finding)}`, (value) =>
    listAt(value, ...path).flatMap((target, i) =>
      target === probedUrl(finding)
        ? [{ op: "replace" as const, path: [...path, i], value: healthOf(finding), expect: target }]
        : [],
    ),
  );
}
