// Hosts: who is the server, and whether two entries mean one machine.
import { canonicalAddress, notOfOneHost } from "./canonical-address.ts";
import type { Check } from "./check.ts";

export const checkHosts: Check = function* (stack, { input }) {
  if (stack.hosts.length === 0) {
    yield {
      path: ["hosts"],
      says: "names no host",
      write: "hosts:\n  monitoring:\n    address: 10.0.0.11\n    roles: [server, agent]",
    };
    return;
  }
  if (!stack.hosts.some((host) => host.roles.includes("server")))
    yield {
      path: ["hosts"],
      says: "no host has the role server",
      why: "Prometheus, Loki, Grafana and Alertmanager would run nowhere",
      write: `hosts:\n  ${stack.hosts[0]?.name}:\n    roles: [server, agent]`,
    };
  if (stack.canary !== undefined && !stack.hosts.some(({ name }) => name === stack.canary))
    yield {
      path: ["rollout", "canary"],
      says: `${stack.canary} is no host of this stack`,
      why: "another host would go first without a word",
      write: `one of ${stack.hosts
        .slice(0, 10)
        .map(({ name }) => name)
        .join(", ")}`,
    };
  const seen = new Map<string, string>();
  for (const { name, address, absence, roles, runtime, listen, containerNames } of stack.hosts) {
    const path = ["hosts", name, "address"];
    const plain = canonicalAddress(address);
    const other = seen.get(plain);
    if (other !== undefined && absence?.kind !== "behind-nat")
      yield {
        path,
        says: `${address} is the address of ${other} too`,
        why: "both would be scraped at one place, and one of them not at all",
        write: "one entry per machine, or another address",
      };
    else seen.set(plain, name);
    if (stack.deployment === "separate" && isLocal(plain))
      yield {
        path,
        says: `${address} means every host itself`,
        why: "the other hosts of this stack would look for it at home",
        write: "the address the other hosts reach it by",
      };
    const wrong = notOfOneHost(plain);
    if (wrong) yield { path, says: `${address} is no address of a host`, ...wrong };
    for (const [kind, container] of Object.entries(containerNames)) {
      const other = Object.entries(containerNames).find(([, own]) => own === container)?.[0];
      if (other !== undefined && other !== kind)
        yield {
          path: ["hosts", name, "containers", kind],
          says: `${container} is the container of ${other} too`,
          why: "a name belongs to one container",
          write: "the name of its own container, or not this key",
        };
    }
    if (absence?.kind === "behind-nat" && roles.includes("server"))
      yield {
        path: ["hosts", name, "absence"],
        says: "a server cannot be behind NAT",
        why: "agents push to it and people open Grafana on it",
        write: "an address that the others reach, or another server",
      };
    if (
      isLocal(listen) &&
      !isLocal(plain) &&
      absence?.kind !== "behind-nat" &&
      stack.deployment === "separate"
    )
      yield {
        path: ["hosts", name, "listen"],
        says: `listens on ${listen} and is to be reached at ${address}`,
        why: "connections from other hosts would be refused",
        write: `listen: ${address}`,
      };
    if (runtime === "kubernetes")
      yield {
        path: ["hosts", name, "runtime"],
        says: "clusters are not rendered by this version",
        why: "a host that is left out in silence would be believed to be monitored",
        write: "runtime: docker or podman; scrape what the cluster exposes with a job under scrape:",
      };
    if (input.hosts[name]?.kubernetes && runtime !== "kubernetes")
      yield {
        path: ["hosts", name, "kubernetes"],
        says: `is ignored: its runtime is ${runtime}`,
        write: "runtime: kubernetes",
      };
  }
};

function isLocal(address: string): boolean {
  return /^127\./.test(address) || /^(?:::1|(?:0:){7}1|localhost)$/.test(address);
}
