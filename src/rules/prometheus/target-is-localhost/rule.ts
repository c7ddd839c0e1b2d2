// localhost as a scrape target is Prometheus' own container.
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { isLoopback, parseAddress } from "../../../stack/resolve.ts";
import { byHand } from "../../by-hand.ts";
import {
  filesOf,
  readAgain,
  repair,
  replaceValues,
  serviceAt,
  valuesIn,
} from "../../change-configuration.ts";
import { readDialError } from "../../dial-text.ts";
import { matches } from "../../line-match.ts";

const refused = [
  "dial tcp 127.0.0.1:{port#}: connect: connection refused",
  "dial tcp [::1]:{port#}: connect: connection refused",
  "dial tcp 0.0.0.0:{port#}: connect: connection refused",
  "dial tcp 127.0.0.1:{port#}: getsockopt: connection refused",
];
const patterns = refused.map(compilePattern);

export const rule = defineRule({
  id: "prometheus/target-is-localhost",
  title: "A scrape target is localhost, which is Prometheus' own container, where no exporter listens",
  why: "Prometheus dials its targets from its own network namespace. In a container localhost, 127.0.0.1 and 0.0.0.0 are that container. The exporter runs in another container or on the host, so the connection is refused although curl on the host works.",
  severity: "critical",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "unreachable",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  uses: ["kubernetes.objects", "docker.containers"],
  texts: refused,
  rivals: [
    {
      rule: "host/nothing-listens",
      tellApart:
        "with network_mode: host, or installed as a package, localhost is right and the exporter does not run",
      decideWith: "docker inspect -f '{{.HostConfig.NetworkMode}}' PROMETHEUS; ss -ltnp",
    },
  ],
  decideWith:
    "docker inspect -f '{{.HostConfig.NetworkMode}}' PROMETHEUS; docker ps --format '{{.Names}} {{.Ports}}'",
  references: [
    "https://docs.docker.com/compose/how-tos/networking/",
    "https://github.com/prometheus/node_exporter/issues/719",
  ],
  check({ "text.lines": lines, "docker.containers": containers }, stack) {
    return stack.components
      .filter((component) => component.kind === "prometheus")
      .flatMap((component): FindingDraft[] => {
        const isContained = standsAlone(component);
        if (isContained === false) return [];
        const own = ownPorts(component);
        const asked = localTargets(component).filter(({ port }) => !own.has(port));
        const line = lines.findLast((entry) => {
          if (entry.component !== "prometheus" || !matches(patterns, entry)) return false;
          const { host, port } = readDialError(entry.text) ?? {};
          return (
            isLoopback(host ?? "") &&
            port !== undefined &&
            !own.has(port) &&
            /\/metrics|scrape/i.test(entry.text)
          );
        });
        if (asked.length === 0 && !line) return [];
        if (isContained === undefined && (!line || containers.length === 0)) return [];
        const error = line && readDialError(line.text);
        const names = asked.map(({ address }) => address);
        if (error?.port !== undefined && !asked.some(({ port }) => port === error.port))
          names.push(`${error.host}:${error.port}`);
        const proof: ProofDraft[] = [
          ...asked.slice(0, 4).map(({ at }) => at),
          ...(line ? [{ ...line.at, excerpt: line.text }] : []),
          ...(component.docker ? [component.docker.fieldsAt?.networkMode ?? component.docker.at] : []),
        ];
        return [
          {
            subject: { kind: "link", id: `${component.id} → ${names[0]}` },
            says: `${names.slice(0, 4).join(", ")} ${names.length === 1 ? "is" : "are"} scraped, but localhost is the container of Prometheus itself: use the exporter's service name on a shared network (${serviceName(names[0] ?? "")}) or the host's address`,
            proof,
            certainty: isContained && (line || asked.length > 0) ? "proven" : "likely",
            concerns: ["localhost", "127.0.0.1", "::1", "0.0.0.0"],
          },
        ];
      });
  },
  fix: (finding, facts, stack) =>
    repair("Scrape the exporter under its service's name", "safe", [
      ...filesOf(facts, "prometheus").flatMap((doc) =>
        replaceValues(
          valuesIn(
            doc,
            (value, path) =>
              path.includes("static_configs") && path.at(-2) === "targets" && typeof value === "string",
          ),
          "Name the service instead of localhost",
          (value) => {
            const { host, port } = parseAddress(String(value)) ?? {};
            // Port 9090 is its own: Prometheus may well scrape itself there.
            if (host === undefined || port === undefined || port === 9090 || !isLoopback(host))
              return undefined;
            return serviceAt(port, facts["docker.containers"], undefined);
          },
        ),
      ),
      ...readAgain(stack.components.find(({ id }) => finding.subject.id.startsWith(`${id} → `))),
    ]) ??
    byHand(
      `Scrape the service name: targets: ["${serviceName(/^\S+/.exec(finding.says)?.[0]?.replace(/,$/, "") ?? "")}"]; an exporter on the host itself: host.docker.internal:PORT with extra_hosts: ["host.docker.internal:host-gateway"]`,
      "In scrape_configs of prometheus.yml, then reload Prometheus",
    ),
});

const services: Readonly<Record<string, string>> = {
  "9100": "node-exporter",
  "8080": "cadvisor",
  "3100": "loki",
  "9093": "alertmanager",
  "3000": "grafana",
  "9080": "promtail",
  "12345": "alloy",
  "9115": "blackbox-exporter",
};

function serviceName(address: string): string {
  const port = /:(\d+)$/.exec(address)?.[1] ?? "PORT";
  return `${services[port] ?? "SERVICE"}:${port}`;
}

/** In a container with a network of its own; false where localhost is shared with others; undefined when not shown. */
function standsAlone({ docker, pods, workload }: Component): boolean | undefined {
  if (docker) {
    const mode = docker.networkMode;
    if (mode === "host" || mode?.startsWith("container:") || mode?.startsWith("service:")) return false;
    if (mode !== undefined || (docker.networks?.length ?? 0) > 0) return true;
    // a published port is proof of a network of its own; a bare row of docker ps is none
    return (docker.ports ?? []).some(({ hostPort }) => hostPort !== undefined) ? true : undefined;
  }
  const specs = [...pods.map(({ spec }) => spec), workload?.spec].filter((spec) => spec !== undefined);
  if (specs.some((spec) => spec.hostNetwork)) return false;
  const [spec] = specs;
  return spec?.containers?.length === 1 ? true : undefined;
}

function ownPorts(component: Component): ReadonlySet<number> {
  const flags = component.args.flatMap(({ text }) => /listen-address=\S*:(\d+)/.exec(text)?.[1] ?? []);
  return new Set([9090, ...flags.map(Number)]);
}

function localTargets(
  component: Component,
): { readonly address: string; readonly port: number; readonly at: Place }[] {
  return (
    component.configs
      .filter((doc) => doc.kind === "prometheus")
      .flatMap((doc) => readPrometheusConfig(doc).jobs)
      // a relabelled address is a parameter (blackbox, snmp), not what is dialled
      .filter(
        ({ relabelings }) => !relabelings.some(({ rule: { targetLabel } }) => targetLabel === "__address__"),
      )
      .flatMap(({ targets }) => targets)
      .flatMap(({ address, at }) => {
        const { host, port } = parseAddress(address) ?? {};
        return host !== undefined && port !== undefined && isLoopback(host) ? [{ address, port, at }] : [];
      })
  );
}
