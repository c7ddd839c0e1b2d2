// tasks.NAME exists only in the DNS of a Swarm overlay network.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../text-rule.ts";

const failing = ["lookup tasks.{name}: no such host", "lookup tasks.{name} on {resolver}: no such host"];
const composed = [
  "docker-compose up",
  "docker compose up",
  "Container {name} Started",
  "Container {name} Running",
  "Container {name} Created",
  "Creating network {name} with",
  "Swarm: inactive",
  "This node is not a swarm manager",
];
const swarmed = ["docker stack deploy", "docker service ls", "Swarm: active"];
const failingPatterns = failing.map(compilePattern);
const composedPatterns = composed.map(compilePattern);
const swarmedPatterns = swarmed.map(compilePattern);

export const rule = defineRule({
  id: "docker/swarm-only-name",
  title:
    "The configuration uses tasks.SERVICE names, which exist only in Docker Swarm, but the stack runs under plain compose",
  why: "Swarm's DNS answers tasks.NAME with the addresses of a service's replicas. Under docker compose nothing registers that name: dns_sd_configs finds no target and a static target ends with `no such host`.",
  severity: "critical",
  component: "prometheus",
  layer: "dns",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  texts: [...failing, ...composed, ...swarmed],
  rivals: [
    {
      rule: "prometheus/target-unreachable",
      tellApart: "there the name is right and the container is stopped or elsewhere",
    },
  ],
  decideWith: "docker info -f '{{.Swarm.LocalNodeState}}'",
  references: [
    "https://docs.docker.com/engine/swarm/networking/",
    "https://github.com/vegasbrianc/prometheus/issues/117",
  ],
  check({ "config.documents": documents = [], "text.lines": lines = [] }) {
    if (lines.some((line) => matches(swarmedPatterns, line))) return [];
    const failed = lines.findLast((line) => matches(failingPatterns, line));
    const plain = lines.find((line) => matches(composedPatterns, line));
    if (!failed && !plain) return [];
    const jobs = documents
      .filter((doc) => doc.kind === "prometheus")
      .flatMap((doc) => readPrometheusConfig(doc).jobs);
    const names = jobs.flatMap((job) => [
      ...job.discoveries.flatMap((discovery) =>
        discovery.names.map((name) => ({ name: name.value, at: name.at })),
      ),
      ...job.targets.map((target) => ({ name: target.address, at: target.at })),
    ]);
    const used = names.filter((entry) => entry.name.startsWith("tasks."));
    const name = used[0]?.name ?? failed?.text.match(/lookup (tasks\.[\w.-]+)/)?.[1];
    if (name === undefined) return [];
    const finding: FindingDraft = {
      subject: { kind: "component", id: "prometheus" },
      says: `${[...new Set(used.map((entry) => entry.name))].slice(0, 4).join(", ") || name}: tasks.* names exist only in Docker Swarm, and this stack runs under plain docker compose: drop the prefix (${name.replace(/^tasks\./, "")})`,
      proof: [
        ...used.slice(0, 4).map((entry) => entry.at),
        ...(failed ? [{ ...failed.at, excerpt: failed.text }] : []),
        ...(plain ? [{ ...plain.at, excerpt: plain.text }] : []),
      ],
      certainty: plain ? "proven" : "likely",
    };
    return [finding];
  },
  fix: () =>
    byHand(
      "Remove the tasks. prefix: names: [cadvisor] in dns_sd_configs, or static targets cadvisor:8080; or deploy with docker stack deploy",
      "In prometheus.yml, then reload",
      undefined,
      "safe",
    ),
});
