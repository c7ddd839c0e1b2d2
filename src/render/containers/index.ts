// Which function makes which component's container.
import type { ContainerSpec } from "../../model/desired.ts";
import type { DeployedKind, StackFile, StackHost } from "../../model/stack-file.ts";
import {
  alloyContainer,
  cadvisorContainer,
  nodeExporterContainer,
  prometheusAgentContainer,
  promtailContainer,
} from "./agents.ts";
import {
  alertmanagerContainer,
  blackboxContainer,
  grafanaContainer,
  lokiContainer,
  prometheusContainer,
} from "./servers.ts";
import { containerSpec, type OwnSpec, type Spot } from "./spec.ts";

const makers: Readonly<Record<DeployedKind, (spot: Spot) => OwnSpec>> = {
  prometheus: prometheusContainer,
  alertmanager: alertmanagerContainer,
  loki: lokiContainer,
  grafana: grafanaContainer,
  "blackbox-exporter": blackboxContainer,
  "node-exporter": nodeExporterContainer,
  cadvisor: cadvisorContainer,
  alloy: alloyContainer,
  promtail: promtailContainer,
  "prometheus-agent": prometheusAgentContainer,
};

export function containersOf(stack: StackFile, host: StackHost): readonly ContainerSpec[] {
  return stack.components
    .filter((component) => host.components.includes(component.kind))
    .map((component) => {
      const spot = { stack, host, component };
      return containerSpec(spot, makers[component.kind](spot));
    });
}
