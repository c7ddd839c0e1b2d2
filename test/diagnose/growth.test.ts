// No rule compares everything with everything: what a rule looks at grows with the evidence, not with its square. Looks are
// counted, not timed, so the answer is the same on every machine.
import { expect, test } from "vitest";
import { analyse } from "../../src/diagnose/analyse.ts";
import type { Segment } from "../../src/model/evidence.ts";
import { type Facts, factIds } from "../../src/model/facts.ts";
import { rules } from "../../src/rules/registry.ts";
import { buildStack } from "../../src/stack/build.ts";

const few = 30;
const many = 4 * few;
/** Four times the evidence is four times the looks; compared pair by pair it would be sixteen times. */
const mostGrowth = 8;
/** Fewer looks than this per thing are no matter, however they grow. */
const harmless = 40;

/** Rules that still compare things pair by pair, among few hundred of them. The list may only get shorter. */
const known: readonly string[] = [
  "docker/no-shared-network",
  "kubernetes/container-out-of-memory",
  "kubernetes/cross-node-traffic-broken",
  "kubernetes/network-policy-blocks-client",
  "kubernetes/service-name-wrong",
  "loki/config-invalid",
  "loki/data-directory-not-writable",
  "loki/image-owns-directory-as-root",
  "prometheus-operator/monitor-port-unknown",
  "prometheus-operator/monitor-selects-no-service",
  "prometheus/target-unreachable",
];

test("what a rule looks at grows linearly with the evidence", () => {
  const small = looksPerRule(few);
  const large = looksPerRule(many);
  const steep = rules.flatMap(({ id }) => {
    const [before = 0, after = 0] = [small.get(id), large.get(id)];
    return after > harmless * many && after > mostGrowth * before ? [id] : [];
  });
  expect(steep.toSorted()).toEqual(known);
}, 300_000);

/** How often each rule touches a fact, of evidence with `count` of everything. */
function looksPerRule(count: number): ReadonlyMap<string, number> {
  const { factSet } = analyse(evidence(count), { rules, version: "0", mode: "diagnose" });
  let looks = 0;
  const watched = watch(factSet.facts, () => {
    looks += 1;
  });
  const stack = buildStack(watched);
  // What is read once and remembered is not counted against the rule that happens to come first.
  for (const rule of rules) rule.check(watched, stack);
  const counted = new Map<string, number>();
  for (const rule of rules) {
    looks = 0;
    rule.check(watched, stack);
    counted.set(rule.id, looks);
  }
  return counted;
}

/** The same facts; every property read of one of them is told. */
function watch(facts: Facts, tell: () => void): Facts {
  const entries = factIds.map((id) => [
    id,
    facts[id].map(
      (fact) =>
        new Proxy(fact, {
          get(target, key) {
            tell();
            return Reflect.get(target, key, target);
          },
        }),
    ),
  ]);
  return Object.fromEntries(entries) as unknown as Facts;
}

/** `count` of everything that comes in numbers: objects, targets, rules, containers, log lines, listeners, mounts. */
function evidence(count: number): readonly Segment[] {
  const each = (text: (i: number) => string, glue = ""): string =>
    Array.from({ length: count }, (_, i) => text(i)).join(glue);
  const files: Readonly<Record<string, string>> = {
    "services.yaml": each(service, "---\n"),
    "workloads.yaml": each(workload, "---\n"),
    "storage.yaml": each(storage, "---\n"),
    "monitors.yaml": each(monitor, "---\n"),
    "pods.txt": `NAMESPACE NAME READY STATUS RESTARTS AGE IP NODE\n${each((i) => `shop   app-${i}-5c9f4d7b8-abcde   0/1   CrashLoopBackOff   ${i}   2d   10.0.${i >> 8}.${i & 255}   node-${i}\n`)}`,
    "events.txt": `NAMESPACE   LAST SEEN   TYPE      REASON    OBJECT        MESSAGE\n${each((i) => `shop        2m          Warning   BackOff   pod/app-${i}-5c9f4d7b8-abcde   Back-off restarting failed container app in pod app-${i}\n`)}`,
    "prometheus.yml": `scrape_configs:\n${each((i) => `  - job_name: job-${i}\n    metrics_path: /m\n    relabel_configs:\n      - source_labels: [__address__]\n        target_label: instance\n    static_configs:\n      - targets: ["app-${i}.shop:${9000 + i}", "10.1.${i >> 8}.${i & 255}:9100"]\n`)}`,
    "alerts.yml": `groups:\n${each((i) => `  - name: g${i}\n    rules:\n      - alert: A${i}\n        expr: up{job="job-${i}"} == 0\n        for: 5m\n        labels: { severity: page }\n`)}`,
    "alertmanager.yml": `route:\n  receiver: r0\n  routes:\n${each((i) => `    - receiver: r${i}\n      matchers: [team="t${i}"]\n`)}receivers:\n${each((i) => `  - name: r${i}\n    webhook_configs:\n      - url: http://hook-${i}:8080/\n`)}`,
    "docker-ps.txt": `CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\n${each((i) => `${String(i).padStart(12, "a")}   prom/node-exporter:v1.8.0   "/bin/node_exporter"   2 days ago   Up 2 days   127.0.0.1:${20_000 + i}->9100/tcp   exporter-${i}\n`)}`,
    "compose.yaml": `services:\n${each((i) => `  svc-${i}:\n    image: grafana/promtail:2.9.${i}\n    ports: ["${30_000 + i}:9080"]\n    volumes: ["./c${i}:/etc/promtail"]\n`)}`,
    "prometheus.log": each(
      (i) =>
        `ts=2025-01-01T00:${String(i % 60).padStart(2, "0")}:00Z caller=scrape.go:${i} level=error component="scrape manager" scrape_pool=job-${i} msg="Scrape failed" err="Get \\"http://app-${i}:${9000 + i}/metrics\\": dial tcp: lookup app-${i} on 10.96.0.10:53: no such host"\n`,
    ),
    "loki.log": each(
      (i) =>
        `level=error ts=2025-01-01T00:00:00Z caller=flush.go:${i} org_id=t${i} msg="failed to flush" err="open /loki/chunks/c${i}: permission denied"\n`,
    ),
    "ss.txt": `State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n${each((i) => `LISTEN 0      4096   127.0.0.1:${10_000 + i}    0.0.0.0:*    users:(("app${i}",pid=${i + 100},fd=3))\n`)}`,
    "ls.txt": `total 8\n${each((i) => `drwxr-xr-x 2 root root 4096 Jan  1 00:00 data-${i}\n`)}`,
    "df.txt": `Filesystem     1K-blocks    Used Available Use% Mounted on\n${each((i) => `/dev/sd${i}       1000 900 100  90% /mnt/d${i}\n`)}`,
    "targets.json": JSON.stringify({
      status: "success",
      data: {
        activeTargets: Array.from({ length: count }, (_, i) => ({
          discoveredLabels: { __address__: `app-${i}:${9000 + i}`, job: `job-${i}` },
          labels: { instance: `app-${i}:${9000 + i}`, job: `job-${i}` },
          scrapePool: `job-${i}`,
          scrapeUrl: `http://app-${i}:${9000 + i}/metrics`,
          lastError: "connection refused",
          health: "down",
        })),
      },
    }),
    "datasources.yaml": `apiVersion: 1\ndatasources:\n${each((i) => `  - name: ds${i}\n    type: prometheus\n    uid: u${i}\n    url: http://prometheus-${i}:9090\n`)}`,
  };
  return Object.entries(files).map(([source, text]) => ({ source, startLine: 1, text }));
}

function service(i: number): string {
  return `apiVersion: v1\nkind: Service\nmetadata: { name: app-${i}, namespace: shop, labels: { app: app-${i} } }\nspec:\n  selector: { app: app-${i} }\n  ports: [{ name: metrics, port: 8080, targetPort: web }]\n`;
}

function workload(i: number): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: app-${i}, namespace: shop }\nspec:\n  selector: { matchLabels: { app: app-${i} } }\n  template:\n    metadata: { labels: { app: app-${i} } }\n    spec:\n      volumes:\n        - { name: data, persistentVolumeClaim: { claimName: data-${i} } }\n        - { name: conf, configMap: { name: conf-${i} } }\n      containers:\n        - name: app\n          image: registry.example/app:1.${i}\n          args: ["--config=/etc/app/app.properties"]\n          ports: [{ name: metrics, containerPort: 8080 }]\n          resources: { limits: { memory: 1Gi } }\n          volumeMounts: [{ name: data, mountPath: /data }, { name: conf, mountPath: /etc/app }]\n`;
}

function storage(i: number): string {
  return `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data-${i}, namespace: shop }\nspec: { accessModes: [ReadWriteOnce], volumeName: pv-${i}, resources: { requests: { storage: 1Gi } } }\n---\napiVersion: v1\nkind: PersistentVolume\nmetadata: { name: pv-${i} }\nspec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], hostPath: { path: /srv/${i} }, claimRef: { name: data-${i}, namespace: shop } }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: conf-${i}, namespace: shop }\ndata:\n  app.properties: |\n    port=8080\n`;
}

function monitor(i: number): string {
  return `apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: app-${i}, namespace: shop, labels: { release: r } }\nspec:\n  selector: { matchLabels: { app: app-${i} } }\n  endpoints: [{ port: metrics }]\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: np-${i}, namespace: shop }\nspec: { podSelector: { matchLabels: { app: app-${i} } }, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: { matchLabels: { app: other-${i} } } }] }] }\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: in-${i}, namespace: shop }\nspec: { rules: [{ host: h${i}.example, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: app-${i}, port: { number: 80 } } } }] } }] }\n`;
}
