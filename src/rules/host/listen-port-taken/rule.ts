// A program of the stack cannot open its port: another process has it.
import { componentKinds } from "../../../model/component.ts";
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

/** node-exporter and what runs on the cluster's nodes have rules of their own; Docker and the kubelet publish ports of others. */
const others = componentKinds.filter(
  (kind) =>
    ![
      "node-exporter",
      "prometheus-operator",
      "kube-state-metrics",
      "docker",
      "kubelet",
      "kubernetes",
      "host",
    ].includes(kind),
);

export const rule = textRule({
  id: "host/listen-port-taken",
  title:
    "A component cannot listen on its port because another process of the same machine, pod or network already uses it",
  why: "With the host's network, or beside a package of the same program, two processes want one port; within one pod all containers share the ports. The later one ends with `bind: address already in use`.",
  severity: "critical",
  component: "host",
  layer: "network",
  nature: "cause",
  effect: "down",
  phase: "bind",
  from: others,
  texts: [
    "listen tcp {address*}:{port#}: bind: address already in use",
    "listen tcp :{port#}: bind: address already in use",
    "listen tcp4 {address*}:{port#}: bind: address already in use",
    "listening on {address*}: bind: address already in use",
  ],
  except: [
    "userland proxy",
    "failed to bind host port",
    "driver failed programming",
    "Ports are not available",
  ],
  // the old process was still on its way out at the first try
  recoveredBy: [
    "server listening on addresses",
    "now listening for http traffic",
    "HTTP Server Listen",
    "Server is ready to receive web requests",
    "Start listening for connections",
    "Loki started",
    "Listening on{address*}",
    "Starting cAdvisor version",
  ],
  uses: ["host.listeners"],
  confirm: (hit, facts) => {
    const kind = hit.line.component ?? hit.component?.kind;
    if (kind === undefined || !others.includes(kind)) return { holds: false };
    const inCluster = hit.line.pod !== undefined || (hit.component?.pods.length ?? 0) > 0;
    if (kind === "cadvisor" && inCluster) return { holds: false };
    const port = Number(portOf(hit.line.text));
    const holder = facts["host.listeners"].find((listener) => listener.port === port && listener.process);
    return holder
      ? {
          holds: true,
          proof: [holder.at],
          says: `${kind} cannot listen on port ${port}: ${holder.process} already uses it (address already in use)`,
        }
      : { holds: true };
  },
  says: ({ line, component }) =>
    `${line.component ?? component?.kind ?? "The program"} cannot listen on port ${portOf(line.text)}: another process already uses it (address already in use)`,
  subject: ({ component, line }) => ({ kind: "component", id: component?.id ?? line.component ?? "host" }),
  rivals: [
    { rule: "node-exporter/port-taken", tellApart: "that is the same for two exporters on one machine" },
    { rule: "docker/published-port-taken", tellApart: "there Docker cannot publish the port" },
  ],
  decideWith: "ss -ltnp 'sport = :PORT'; docker ps --filter publish=PORT",
  references: ["https://man7.org/linux/man-pages/man2/bind.2.html"],
  fix: (finding) => {
    const port = /port (\d+)/.exec(finding.says)?.[1] ?? "PORT";
    return byHand(
      `Stop the other process, or give one of the two another port (and change whoever asks for it)`,
      "See who holds the port",
      `ss -ltnp 'sport = :${port}'`,
    );
  },
});

function portOf(text: string): string {
  return /:(\d{2,5}): bind/.exec(text)?.[1] ?? "its port";
}
