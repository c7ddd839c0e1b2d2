// Refused because the machine has no socket there: not started, other port, or bound to loopback.
import type { ComponentKind } from "../../../model/component.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft, Fix } from "../../../model/finding.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { kindOfName, kindOfPort } from "../../../stack/identify.ts";
import { isLoopback } from "../../../stack/subnets.ts";
import { byHand } from "../../by-hand.ts";
import { filesOf, readAgain, repair, replaceValues, valuesIn } from "../../change-configuration.ts";
import {
  type FailedReach,
  failedReaches,
  type ReachFacts,
  reachFacts,
  reachFinding,
} from "../../failed-reach.ts";

const mechanisms = new Set(["nobody-listens", "bound-to-loopback", "bound-elsewhere"]);

/** kube-controller-manager, kube-scheduler, etcd and kube-proxy. */
const controlPlane = new Set([10_249, 10_251, 10_252, 10_257, 10_259, 2_381]);

export const rule = defineRule({
  id: "host/nothing-listens",
  title: "Nothing on the target machine listens on the address and port that is dialled",
  why: "`connection refused` is an answer of the machine: no socket for that address and port. The program is not running, listens on another port, or only on 127.0.0.1.",
  severity: "critical",
  component: "host",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["host.dials", "host.listeners"],
  uses: [...reachFacts, "host.units", "config.documents"],
  rivals: [
    {
      rule: "docker/port-not-published",
      tellApart: "there a container serves the port inside a bridge network",
    },
    {
      rule: "host/firewall-blocks-port",
      tellApart: "a REJECT with tcp-reset refuses too; its counter moves",
    },
  ],
  decideWith: "ss -ltnp; systemctl status node_exporter",
  references: [
    "https://github.com/prometheus/node_exporter/issues/719",
    "https://man7.org/linux/man-pages/man8/ss.8.html",
  ],
  check(facts, stack) {
    return (
      failedReaches(facts, stack)
        .filter((entry) => mechanisms.has(entry.reach.mechanism))
        // kubeadm's default for its own parts: kubernetes/control-plane-on-localhost.
        .filter(
          ({ dial, reach }) =>
            reach.mechanism !== "bound-to-loopback" ||
            !controlPlane.has(dial.targetPort ?? 0) ||
            dial.tool === "curl",
        )
        .filter(
          (entry) =>
            entry.isItsHost ||
            !isClientsHost(
              entry.network.listeners.map((listener) => listener.port),
              entry.dial.fromComponent,
            ),
        )
        .map((entry) => {
          const { targetHost, targetPort } = entry.dial;
          const near = entry.network.listeners.find(
            (listener) =>
              /node[-_]exp|cadvisor|prometheus-node|promtail|alloy/.test(listener.process ?? "") &&
              listener.port !== targetPort,
          );
          const hint =
            near && entry.reach.mechanism === "nobody-listens"
              ? `; ${near.process} listens on port ${near.port}`
              : "";
          return reachFinding(
            entry,
            stack,
            `${targetHost}:${targetPort} refuses because ${entry.reach.because}${hint}`,
            near && hint ? [near.at] : [],
          );
        })
    );
  },
  fix: (finding, facts, stack) =>
    startUnit(finding, facts, stack) ??
    repair("Dial the port that it listens on", "disruptive", dialWhereItListens(finding, facts, stack)) ??
    byHand(
      /only, which|listens on 127/.test(finding.says)
        ? "Let the program listen on the LAN address or on all addresses (for example --web.listen-address=:9100), and admit only the Prometheus host in the firewall"
        : "Start the program, or correct the port in the scrape job to the one it listens on",
      "See what listens",
      "ss -ltnp",
    ),
});

function entryOf({ says }: FindingDraft, facts: ReachFacts, stack: Stack): FailedReach | undefined {
  return failedReaches(facts, stack).find(
    ({ dial, isItsHost, reach }) =>
      isItsHost &&
      reach.mechanism === "nobody-listens" &&
      says.startsWith(`${dial.targetHost}:${dial.targetPort} refuses`),
  );
}

type Needed = ReachFacts &
  Pick<Facts, "host.units"> & { readonly "config.documents"?: Facts["config.documents"] };

/** The one unit of that machine whose program would listen on this port is stopped: nobody else serves it. */
function startUnit(finding: FindingDraft, facts: Needed, stack: Stack): Fix | undefined {
  const entry = entryOf(finding, facts, stack);
  const kind = kindOfPort(entry?.dial.targetPort);
  if (!entry?.host || kind === undefined) return undefined;
  const own = facts["host.units"].filter(
    (one) => one.host === entry.host && kindOfName(one.name.replace(/\.service$/, "")) === kind,
  );
  const names = [...new Set(own.map(({ name }) => name))];
  const [name] = names;
  // a unit's file says nothing about whether it runs
  const states = new Set(own.flatMap(({ active }) => active ?? []));
  if (name === undefined || names.length > 1 || states.size !== 1 || !states.has("inactive"))
    return undefined;
  return {
    summary: `Start ${name} on ${entry.host}; systemctl enable ${name} brings it back after a reboot`,
    risk: "safe",
    steps: [
      {
        do: "restart",
        title: `Start ${name} on ${entry.host}`,
        what: { kind: "unit", host: entry.host, name },
      },
    ],
  };
}

/** What a client means by the address it pushes to or asks. */
const meantBy: Readonly<Record<string, ComponentKind>> = { promtail: "loki", alloy: "loki" };

/** The one component of its kind runs on the machine that was dialled and is seen to listen, on another port. */
function dialWhereItListens(finding: FindingDraft, facts: Needed, stack: Stack): readonly Step[] {
  const entry = entryOf(finding, facts, stack);
  if (!entry?.host) return [];
  const { targetHost, targetPort, fromComponent, fromHost } = entry.dial;
  const kind = meantBy[fromComponent ?? ""];
  const meant = stack.components.filter((one) => one.kind === kind && one.host === entry.host);
  const [server] = meant;
  const port = kind === undefined || !server || meant.length > 1 ? undefined : portOf(server, kind, entry);
  if (port === undefined || port === targetPort) return [];
  const wrong = `${targetHost}:${targetPort}`;
  return filesOf(facts, fromComponent === "promtail" ? "promtail" : "alloy")
    .filter((doc) => fromHost === undefined || doc.host === fromHost)
    .flatMap((doc) => {
      const found = valuesIn(doc, (value) => typeof value === "string" && hostAndPort(value) === wrong);
      const steps = replaceValues(
        found,
        `Push to port ${port} of ${targetHost}, where ${server?.name} listens`,
        (value) => String(value).replace(wrong, `${targetHost}:${port}`),
      );
      const reader = stack.components.find(({ configs }) => configs.includes(doc));
      return steps.length === 0 ? [] : [...steps, ...readAgain(reader)];
    });
}

function hostAndPort(url: string): string | undefined {
  return /^https?:\/\/(?:[^/@\s]{1,200}@)?([^/?#\s]{1,260})/.exec(url)?.[1];
}

/** The port of the host at which it is seen to be served. */
function portOf({ docker }: Component, kind: ComponentKind, { network }: FailedReach): number | undefined {
  const published = (docker?.ports ?? []).flatMap(({ hostPort, containerPort, hostIP }) =>
    hostPort !== undefined && kindOfPort(containerPort) === kind && !isLoopback(hostIP ?? "")
      ? [hostPort]
      : [],
  );
  const listening = network.listeners.filter(
    ({ port, address }) => kindOfPort(port) === kind && !isLoopback(address),
  );
  const ports = new Set([...published, ...(published.length > 0 ? [] : listening.map(({ port }) => port))]);
  const [only, ...others] = ports;
  return others.length === 0 ? only : undefined;
}

/** Sockets of the machine that dialled say nothing about the other one. */
function isClientsHost(ports: readonly number[], client: string | undefined): boolean {
  return client === "prometheus" && ports.includes(9090);
}
