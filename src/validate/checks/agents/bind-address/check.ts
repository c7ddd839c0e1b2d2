// A port on 127.0.0.1 is open for nobody but the host itself.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { ComponentKind } from "../../../../model/component.ts";
import { networkOfHost } from "../../../../stack/host-network.ts";
import { reach } from "../../../../stack/reachability.ts";
import { noneOf, ofKind } from "../../../subjects.ts";

const ports: Partial<Record<ComponentKind, number>> = { "node-exporter": 9100, cadvisor: 8080 };
const kinds = ["node-exporter", "cadvisor"] as const;

export const check = defineCheck({
  id: "agents/bind-address",
  suite: "agents",
  proves:
    "every agent listens on an address of its host that other machines can reach, and no firewall rule keeps them out",
  needs: [],
  uses: ["host.listeners", "docker.containers", "docker.networks", "host.firewall", "host.addresses"],
  after: ["pods/containers-running", "agents/network-mode"],
  hints: ["docker/published-on-loopback", "docker/port-not-published", "host/firewall-blocks-port"],
  decideWith: "ss -ltnp; docker ps; iptables-save",
  absent: ({ stack }) =>
    noneOf(kinds, stack) ??
    (ofKind(stack, ...kinds).some((component) => component.pods.length === 0)
      ? undefined
      : "the agents run on Kubernetes; their endpoints are checked there"),
  run: ({ facts, stack }) =>
    ofKind(stack, ...kinds)
      .filter((component) => component.pods.length === 0)
      .map((component): VerdictDraft => {
        const port =
          portOf(component.args.map(({ text }) => text)) ??
          publishedPort(component) ??
          ports[component.kind] ??
          0;
        const { verdict, because, proof, decideWith } = reach(
          networkOfHost(facts, component.host),
          { where: "outside" },
          { port },
        );
        const state = verdict === "reachable" ? "pass" : verdict === "blocked" ? "fail" : "unknown";
        const where = component.host ? `${component.host}:${port}` : `port ${port}`;
        return {
          subject: { kind: "component", id: component.id },
          state,
          says: `${where}: ${because}`,
          proof: proof.map(({ at }) => at),
          component: component.id,
          ...(decideWith ? { decideWith } : {}),
        };
      }),
});

function portOf(args: readonly string[]): number | undefined {
  const found = args
    .map((text) => text.match(/(?:listen-address|-port)[= ](?:\S*:)?(\d+)$/)?.[1])
    .find((text) => text !== undefined);
  return found === undefined ? undefined : Number(found);
}

function publishedPort(component: {
  readonly docker?: { readonly ports?: readonly { readonly hostPort?: number }[] };
}): number | undefined {
  return component.docker?.ports?.find(({ hostPort }) => hostPort !== undefined)?.hostPort;
}
