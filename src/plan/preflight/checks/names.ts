// DNS from both ends: every name that a host will dial is asked there, with that host's own resolver.
import type { HostInput, PreflightCheck, PreflightDraft } from "../../../model/preflight.ts";
import { quoteWord } from "../../../model/quote.ts";
import type { StackFile, StackHost } from "../../../model/stack-file.ts";
import { answered, quote, sshTo } from "../answers.ts";
import { plannedConnections } from "../connections.ts";

export const check: PreflightCheck = {
  id: "names",
  proves: "every name that a host dials is resolved there, and not to itself",
  asks: (host, _wanted, { stack }) => {
    const names = namesFor(stack, host);
    if (names.length === 0) return [];
    const one = (name: string): string =>
      `( a=$(getent ahosts ${quoteWord(name)} 2>/dev/null | awk '{print $1}' | sort -u | tr '\\n' ' '); printf '%s %s\\n' ${quoteWord(name)} "$a" ) &`;
    return [
      {
        id: "names",
        text: names.map((name) => `getent ahosts ${quoteWord(name)}`).join("; "),
        run: `${names.map(one).join("\n")}\nwait`,
        why: "whether the names that will be dialled are known there",
        tool: "getent",
      },
    ];
  },
  judge: (input) => {
    const { host, stack } = input;
    const names = namesFor(stack, host);
    if (names.length === 0) return [];
    const read = answered(input, "names", `which names ${host.name} resolves`);
    if ("draft" in read) return [read.draft];
    return names.map((name): PreflightDraft => {
      const line = read.answer.text.split("\n").find((text) => text.startsWith(`${name} `));
      const addresses =
        line
          ?.slice(name.length)
          .trim()
          .split(/\s+/)
          .filter((text) => text !== "") ?? [];
      const proof = quote(read.answer, (text) => text.startsWith(`${name} `));
      return { host: host.name, proof, ...verdict(input, name, addresses) };
    });
  },
};

function verdict(
  { host, stack, connections }: HostInput,
  name: string,
  addresses: readonly string[],
): Pick<PreflightDraft, "state" | "says" | "next"> {
  const isOurs = stack.hosts.some(({ address }) => address === name);
  if (addresses.length === 0)
    return {
      state: isOurs ? "stop" : "warn",
      says: `${host.name} cannot resolve ${name}${forWhat(connections, host, name)}`,
      next: `${sshTo(host)} 'cat /etc/resolv.conf; getent hosts ${name}'   # or write its address into the model`,
    };
  const own = addresses.find((address) => /^127\.|^::1$/.test(address));
  if (own !== undefined && host.address !== name)
    return {
      state: "stop",
      says: `${host.name} resolves ${name} to ${own}, which is ${host.name} itself`,
      next: `${sshTo(host)} 'grep -n ${name} /etc/hosts'`,
    };
  return { state: "ok", says: `${host.name} resolves ${name} to ${addresses.slice(0, 4).join(", ")}` };
}

function forWhat(connections: HostInput["connections"], host: StackHost, name: string): string {
  const because = connections.find(({ from, address }) => from === host.name && address === name)?.because;
  return because === undefined ? "" : `: ${because}`;
}

function namesFor(stack: StackFile, host: StackHost): readonly string[] {
  const dialled = plannedConnections(stack).filter(({ from }) => from === host.name);
  return [...new Set(dialled.map(({ address }) => address))]
    .filter((address) => !/^[\d.]+$|:/.test(address))
    .sort();
}
