// The ports of the containers: free, or held by what they replace. Anybody else is named, with the way out.
import type { ContainerSpec } from "../../../model/desired.ts";
import type { Listener } from "../../../model/host.ts";
import type { HostInput, PreflightCheck, PreflightDraft } from "../../../model/preflight.ts";
import { listenAddress } from "../../../model/reachability.ts";
import { ofHost, proofAt, sshTo } from "../answers.ts";
import { isSameSocket } from "../listen-address.ts";
import { type Holder, holderOf, holdersQuestion, readHolders } from "../port-holders.ts";

export const check: PreflightCheck = {
  id: "ports",
  proves: "every port is free, or held by the container that is replaced",
  looks: ["sockets"],
  asks: (_host, wanted) => {
    const ports = wanted.containers.flatMap((container) => container.ports);
    return ports.length === 0 ? [] : holdersQuestion(ports);
  },
  judge: (input) => {
    const { host, wanted, facts, sight } = input;
    const sockets = sight.answers.get("sockets");
    if (sockets === undefined || !("text" in sockets))
      return [
        {
          host: host.name,
          state: "unknown",
          says: `who listens on ${host.name} is not known: ${sockets?.detail ?? "neither ss nor netstat is installed"}`,
          next: `${sshTo(host)} sudo ss -tulpn`,
        },
      ];
    const listeners = ofHost(facts["host.listeners"], host).filter(
      ({ container, protocol }) => container === undefined && protocol === "tcp",
    );
    const holders = readHolders(sight.answers);
    return wanted.containers.flatMap((container) => onePerPort(input, container, listeners, holders));
  },
};

function onePerPort(
  input: HostInput,
  container: ContainerSpec,
  listeners: readonly Listener[],
  holders: readonly Holder[],
): readonly PreflightDraft[] {
  const { host } = input;
  const address = listenAddress(input.stack, host, container.component);
  const taken = container.ports.flatMap((port) => {
    const listener = listeners.find((one) => one.port === port && isSameSocket(one.address, address));
    return listener ? [takenBy(input, container, listener, holderOf(holders, listener))] : [];
  });
  if (taken.length > 0) return taken;
  const names = container.ports.map(String).join(" and ");
  return [
    {
      host: host.name,
      state: "ok",
      says: `port ${names} of ${host.name} is free for ${container.component}`,
    },
  ];
}

function takenBy(
  { host, stack }: HostInput,
  wanted: ContainerSpec,
  listener: Listener,
  holder: Holder | undefined,
): PreflightDraft {
  const place = `port ${listener.port} of ${host.name}`;
  const proof = proofAt(listener.at, `${listener.address}:${listener.port} ${listener.process ?? ""}`.trim());
  const common = { host: host.name, proof };
  const next = `${sshTo(host)} "sudo ss -ltnp 'sport = :${listener.port}'"`;
  if (holder?.container) {
    const { name, stack: owner } = holder.container;
    if (owner === stack.name || name === wanted.name)
      return { ...common, state: "ok", says: `${place} is held by ${name}, which is ours` };
    const other = owner === undefined ? "no container of this stack" : `of the stack ${owner}`;
    return {
      ...common,
      state: "stop",
      says: `${place} is held by the container ${name}, which is ${other}; ${wanted.component} could not start`,
      next: `adopt it with hosts.${host.name}.containers: {${wanted.component}: ${name}}, stop it (${sshTo(host)} docker stop ${name}), or choose another port (components.${wanted.component}.port)`,
    };
  }
  const who = holder?.unit ?? listener.process;
  if (who === undefined)
    return {
      ...common,
      state: "stop",
      says: `${place} is taken, and who holds it is not shown to this user; ${wanted.component} could not start`,
      next,
    };
  const stop =
    holder?.unit === undefined ? next : `${sshTo(host)} sudo systemctl disable --now ${holder.unit}`;
  return {
    ...common,
    state: "stop",
    says: `${place} is held by ${who}${listener.pid === undefined ? "" : ` (pid ${listener.pid})`}; ${wanted.component} could not start`,
    next: `${stop}   # or choose another port: components.${wanted.component}.port`,
  };
}
