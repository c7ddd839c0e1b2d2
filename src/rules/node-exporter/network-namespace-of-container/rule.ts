// On a bridge network the exporter counts the packets of its own container.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "node-exporter/network-namespace-of-container",
  title:
    "node-exporter is not on the host network: node_network_* counts the container's interface, not the host's",
  why: "Network counters belong to the network namespace. In a bridge network the exporter sees lo and the container's own eth0, the traffic panels stay near zero, and node_uname_info carries the container id as node name unless the UTS namespace is the host's.",
  severity: "warning",
  component: "node-exporter",
  layer: "network",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  needs: ["metrics.samples"],
  uses: ["docker.containers"],
  decideWith:
    "docker inspect -f '{{.HostConfig.NetworkMode}}' NODE_EXPORTER; curl -s HOST:9100/metrics | grep ^node_network_up",
  references: [
    "https://github.com/prometheus/node_exporter/issues/581",
    "https://github.com/prometheus/node_exporter#docker",
  ],
  check({ "metrics.samples": samples }, stack) {
    const exporter = stack.components.find((component) => component.kind === "node-exporter");
    const mode = exporter?.docker?.networkMode;
    if (mode === "host" || exporter?.pods.some((pod) => pod.spec?.hostNetwork)) return [];
    const network = samples.filter(
      (sample) => sample.name.startsWith("node_network_") && sample.labels.device !== undefined,
    );
    const devices = new Set(network.map((sample) => sample.labels.device));
    const onlyInner =
      devices.size > 0 &&
      devices.has("eth0") &&
      [...devices].every((device) => device === "lo" || device === "eth0");
    const name = samples.find(
      (sample) => sample.name === "node_uname_info" && /^[0-9a-f]{12}$/.test(sample.labels.nodename ?? ""),
    );
    const first = network.find((sample) => sample.labels.device === "eth0");
    const isBridged = mode !== undefined && !mode.startsWith("container:");
    if (!name && !(onlyInner && isBridged)) return [];
    const proof = [...(name ? [name.at] : []), ...(onlyInner && first ? [first.at] : [])];
    const finding: FindingDraft = {
      subject: { kind: "component", id: exporter?.id ?? "node-exporter" },
      ...(exporter ? { component: exporter.id } : {}),
      says: name
        ? `node_uname_info names the host ${name.labels.nodename}, which is a container id: node-exporter runs in a network of its own (use network_mode: host)`
        : `node_network_* knows only lo and eth0 and the container's network is ${mode}: the traffic is the container's (use network_mode: host)`,
      proof,
      certainty: isBridged ? "proven" : "likely",
    };
    return [finding];
  },
  fix: () =>
    byHand(
      "Run node-exporter with network_mode: host and pid: host (docker run --net=host --pid=host); then scrape the host's address",
      "In the compose file: network_mode: host, without ports:",
    ),
});
