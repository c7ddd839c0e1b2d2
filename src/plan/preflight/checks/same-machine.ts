// Two hosts of the model that are one machine, or copies of one: everything would be counted twice, or mixed up.
import type { PreflightCheck, PreflightDraft, PreflightInput } from "../../../model/preflight.ts";

export const check: PreflightCheck = {
  id: "same-machine",
  proves: "every host of the model is a machine of its own",
  asks: () => [
    {
      id: "identity",
      text: "cat /etc/machine-id; ip -o link",
      run: "printf 'machine %s\\n' \"$(cat /etc/machine-id 2>/dev/null)\"; cat /sys/class/net/*/address 2>/dev/null | sort -u | grep -v '^00:00:00:00:00:00$' | sed 's/^/link /'",
      why: "whether two names mean one machine",
      optional: true,
    },
  ],
  judgeAll: (input) => {
    const seen = new Map<string, { readonly host: string; readonly links: ReadonlySet<string> }>();
    return input.stack.hosts.flatMap(({ name }): PreflightDraft[] => {
      const { machine, links, source } = identityOf(input, name);
      if (machine === undefined) return [];
      const other = seen.get(machine);
      if (other === undefined) {
        seen.set(machine, { host: name, links });
        return [];
      }
      const proof = [{ source, excerpt: `machine ${machine}` }];
      const isOne = [...links].some((link) => other.links.has(link));
      return [
        isOne
          ? {
              host: name,
              state: "stop",
              says: `${name} and ${other.host} are one machine: same machine id, same network interface`,
              proof,
              next: `ssh ${name} 'cat /etc/machine-id; ip -o link'   # one entry per machine`,
            }
          : {
              host: name,
              state: "warn",
              says: `${name} and ${other.host} have the same machine id: one is a copy of the other, and their journals cannot be told apart by it`,
              proof,
              next: `ssh ${name} 'sudo rm /etc/machine-id && sudo systemd-machine-id-setup'   # then restart it`,
            },
      ];
    });
  },
};

function identityOf({ sights }: PreflightInput, host: string) {
  const sight = sights.get(host);
  const answer = sight?.reached ? sight.answers.get("identity") : undefined;
  const text = answer && "text" in answer ? answer.text : "";
  return {
    machine: /^machine ([0-9a-f]{32})$/m.exec(text)?.[1],
    links: new Set([...text.matchAll(/^link ([0-9a-f:]{17})$/gm)].map(([, link]) => link ?? "")),
    source: answer && "source" in answer ? answer.source : `${host}: /etc/machine-id`,
  };
}
