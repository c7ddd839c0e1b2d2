// Whose line is it: from the line alone.
import { expect, test } from "vitest";
import { opinionOf } from "../../../src/collectors/logs/component.ts";
import { readDialect } from "../../../src/collectors/logs/dialect.ts";
import { componentOfName } from "../../../src/collectors/logs/names.ts";

const lines: readonly (readonly [string, string | undefined])[] = [
  [
    'caller=client.go:430 component=client host=loki:3100 msg="error sending batch, will retry" status=429',
    "promtail",
  ],
  [
    'ts=x level=warn component=logs logs_config=default component=client host=loki:3100 msg="error sending batch, will retry"',
    "alloy",
  ],
  [
    'ts=x level=warn msg="error sending batch, will retry" component_path=/ component_id=loki.write.default component=client host=loki:3100',
    "alloy",
  ],
  [
    'level=error caller=frontend_processor.go:63 msg="error contacting frontend" address=127.0.0.1:9095',
    "loki",
  ],
  [
    'ts=x caller=scrape.go:1 level=warn component="scrape manager" scrape_pool=node target=http://a:9100/metrics msg="Append failed"',
    "prometheus",
  ],
  [
    'time=x level=ERROR source=main.go:1 msg="Fatal error" err="opening storage failed: lock DB directory: open /d/lock: permission denied"',
    "prometheus",
  ],
  ['ts=x caller=cluster.go:1 level=warn component=cluster err="no private IP"', "alertmanager"],
  [
    'level=warn ts=x caller=operator.go:1 component=prometheusoperator msg="skipping servicemonitor"',
    "prometheus-operator",
  ],
  ['level=error ts=x caller=reloader.go:1 msg="Failed to trigger reload. Retrying."', "config-reloader"],
  [
    "I0102 03:04:05.678901 1 factory.go:219] Registration of the docker container factory failed: x",
    "cadvisor",
  ],
  [
    "W0102 03:04:05.678901 1 reflector.go:1] pkg/mod/k8s.io/kube-state-metrics/v2/x.go:1: failed to list *v1.Job",
    "kube-state-metrics",
  ],
  ['logger=sqlstore t=x level=error msg="cannot connect"', "grafana"],
  [
    'Status: 502. Message: Get "http://prom:9090/api/v1/query": dial tcp: lookup prom: no such host',
    "grafana",
  ],
  ['ts=x caller=node_exporter.go:1 level=info msg="Starting node_exporter"', "node-exporter"],
  ["[ERROR] plugin/errors: 2 loki. A: read udp 10.0.0.1:4000->1.1.1.1:53: i/o timeout", "coredns"],
  ['err="open /prometheus/queries.active: permission denied"', "prometheus"],
  ["mkdir: can't create directory '/var/lib/grafana/plugins': Permission denied", "grafana"],
  ["grafana-1 exited with code 1 (restarting)", "grafana"],
  ['level=error msg="something"', undefined],
];

test.each(lines)("%s", (line, component) => {
  expect(opinionOf(readDialect(line), line)?.component).toBe(component);
});

test.each([
  ["loki-stack-promtail-x2x4z", "promtail"],
  ["loki-stack-grafana-5f6d7c8b9-abcde", "grafana"],
  ["prometheus-kube-prometheus-stack-prometheus-0", "prometheus"],
  ["kube-prometheus-stack-prometheus-node-exporter-abcde", "node-exporter"],
  ["kube-prometheus-stack-operator-5f6d7c8b9-abcde", "prometheus-operator"],
  ["alertmanager-kube-prometheus-stack-alertmanager-0", "alertmanager"],
  ["monitoring_cadvisor_1", "cadvisor"],
  ["grafana-agent", "alloy"],
  ["loki-gateway-7c9d8b6f5-x2x4z", undefined],
  ["postgres", undefined],
] as const)("%s", (name, component) => {
  expect(componentOfName(name)).toBe(component);
});
