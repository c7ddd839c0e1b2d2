// The files of one host: each component's configuration, who owns it, and what makes it take effect.
import type { DesiredFile } from "../model/desired.ts";
import type { DeployedKind, StackComponent, StackFile, StackHost } from "../model/stack-file.ts";
import { alloyConfig } from "./agents/alloy.ts";
import { prometheusAgentConfig } from "./agents/prometheus-agent.ts";
import { promtailConfig } from "./agents/promtail.ts";
import { alertmanagerConfig } from "./alertmanager.ts";
import { blackboxConfig } from "./blackbox.ts";
import { configPath, type Spot } from "./containers/spec.ts";
import { dashboardsOf } from "./grafana/dashboards.ts";
import { grafanaDashboardProviders, grafanaDatasources } from "./grafana/provisioning.ts";
import { lokiConfig } from "./loki/config.ts";
import { fileName, prometheusConfig } from "./prometheus/config.ts";
import { ruleFiles } from "./prometheus/rule-files.ts";
import { targetJobs } from "./prometheus/targets.ts";
import { webConfig } from "./protection.ts";
import { yamlDocument } from "./to-yaml.ts";

/** A file below the component's configuration folder. */
export interface ConfigFile {
  readonly name: string;
  readonly content: string;
  readonly change: DesiredFile["change"];
}

export const comment = [
  "Rendered by watchmend from watchmend.yaml: change it there, or the next apply takes the change away.",
];

export function configFiles(spot: Spot): readonly ConfigFile[] {
  const { kind } = spot.component;
  const web = webConfig(spot.stack, kind);
  // It is read with every connection.
  return [...makers[kind](spot), ...(web ? [yaml("web.yml", web, "none")] : [])];
}

const yaml = (name: string, value: unknown, change: DesiredFile["change"]): ConfigFile => ({
  name,
  content: yamlDocument(value, comment),
  change,
});

const makers: Readonly<Record<DeployedKind, (spot: Spot) => readonly ConfigFile[]>> = {
  prometheus: ({ stack }) => prometheusFiles(stack),
  alertmanager: ({ stack }) => [yaml("alertmanager.yml", alertmanagerConfig(stack), "reload")],
  loki: (spot) => [yaml("loki.yaml", lokiConfig(spot), "restart")],
  grafana: ({ stack }) => [
    yaml("provisioning/datasources/watchmend.yaml", grafanaDatasources(stack), "restart"),
    yaml("provisioning/dashboards/watchmend.yaml", grafanaDashboardProviders(stack), "restart"),
    ...dashboardsOf(stack).map(({ name, dashboard }) => ({
      name: `dashboards/${name}.json`,
      content: `${JSON.stringify(dashboard, null, 2)}\n`,
      change: "none" as const,
    })),
  ],
  "blackbox-exporter": () => [yaml("blackbox.yml", blackboxConfig(), "reload")],
  "node-exporter": () => [],
  cadvisor: () => [],
  alloy: (spot) => [{ name: "config.alloy", content: alloyConfig(spot, comment), change: "reload" }],
  promtail: (spot) => [yaml("promtail.yaml", promtailConfig(spot), "restart")],
  "prometheus-agent": (spot) => [yaml("prometheus.yml", prometheusAgentConfig(spot), "reload")],
};

function prometheusFiles(stack: StackFile): readonly ConfigFile[] {
  const targets =
    stack.discovery.kind === "file"
      ? targetJobs(stack).map(({ job, groups }) => ({
          name: `targets/${fileName(job)}.json`,
          content: `${JSON.stringify(groups, null, 2)}\n`,
          // It watches the folder.
          change: "none" as const,
        }))
      : [];
  return [
    yaml("prometheus.yml", prometheusConfig(stack), "reload"),
    ...ruleFiles(stack).map(({ name, value }) => yaml(`rules/${name}.yml`, value, "reload")),
    ...targets,
  ];
}

export function hostFiles(
  stack: StackFile,
  host: StackHost,
  components: readonly StackComponent[],
): readonly DesiredFile[] {
  return components.flatMap((component) =>
    configFiles({ stack, host, component }).map(
      ({ name, content, change }): DesiredFile => ({
        path: `${configPath(host, component.kind)}/${name}`,
        content,
        uid: 0,
        gid: 0,
        mode: 0o644,
        readBy: component.kind,
        change,
      }),
    ),
  );
}
