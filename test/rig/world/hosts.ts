// The hosts that scenarios share, and how they become as new after each scenario.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dockerHost, type Host, hostOf, startHost } from "../host.ts";
import { tail } from "../process/command.ts";
import { endHost, type Run } from "./run.ts";

export type Hosts = { readonly server: Host; readonly jenkins1: Host; readonly jenkins2: Host };

const addresses = { server: "10.77.0.11", jenkins1: "10.77.0.12", jenkins2: "10.77.0.13" } as const;
const names = ["server", "jenkins1", "jenkins2"] as const;
type Name = (typeof names)[number];

/** What a scenario must leave as it found it; counters and ids are cut out. */
const stateScript = `
docker ps -aq | wc -l
docker network ls --format '{{.Name}}' | sort | tr '\\n' ' '
docker volume ls -q | wc -l
iptables-save | grep -v '^#' | sed 's/\\[[0-9:]*\\]//'
sha256sum /etc/hosts /etc/resolv.conf /etc/docker/daemon.json /etc/ssh/sshd_config 2>/dev/null
systemctl is-active ssh docker containerd
systemctl list-units --state=failed --no-legend --plain
ls -A / /srv /data /opt 2>/dev/null
ss -Htln | awk '{print $4}' | sort
`;

const clearScript = `
docker ps -aq | xargs -r docker rm -fv >/dev/null
docker network prune -f >/dev/null
docker volume ls -q | xargs -r docker volume rm -f >/dev/null
systemctl reset-failed
`;

const stateOf = (host: Host): Promise<string> => host.sh(`set +e +o pipefail\n${stateScript}\ntrue`);

const baselines = new Map<string, string>();

const startOne = async (run: Run, name: Name): Promise<Host> => {
  const known = run.hosts[name];
  const host =
    known === undefined ? await startHost(run, dockerHost(name, addresses[name])) : hostOf(name, known);
  if (known !== undefined) await host.sh(clearScript);
  baselines.set(name, await stateOf(host));
  return host;
};

export const startHosts = async (run: Run): Promise<Hosts> => {
  const [server, jenkins1, jenkins2] = await Promise.all([
    startOne(run, "server"),
    startOne(run, "jenkins1"),
    startOne(run, "jenkins2"),
  ]);
  return { server, jenkins1, jenkins2 };
};

/** A host for one scenario. */
export const anotherHostOf =
  (run: Run, defer: (undo: () => Promise<unknown>) => void) =>
  (name: string, address: string): Promise<Host> => {
    defer(() => endHost(run, name));
    return startHost(run, dockerHost(name, address));
  };

const changed = (before: string, after: string): string => {
  const old = new Set(before.split("\n"));
  const now = new Set(after.split("\n"));
  const lines = [...[...old].filter((line) => !now.has(line)).map((line) => `- ${line}`)];
  return [...lines, ...[...now].filter((line) => !old.has(line)).map((line) => `+ ${line}`)].join("\n");
};

const freshen = async (run: Run, host: Host): Promise<{ host: Host; left: string }> => {
  const left = await host.sh(clearScript).then(
    async () => changed(baselines.get(host.name) ?? "", await stateOf(host)),
    (error: unknown) => String(error),
  );
  if (left === "") return { host, left };
  await endHost(run, host.name);
  return { host: await startOne(run, host.name as Name), left: `${host.name}:\n${left}` };
};

/** Clears every host; one that is not as it was is thrown away and made anew, and what was different is returned. */
export const freshHosts = async (run: Run, hosts: Hosts): Promise<{ hosts: Hosts; left: string[] }> => {
  const [server, jenkins1, jenkins2] = await Promise.all(
    [hosts.server, hosts.jenkins1, hosts.jenkins2].map((host) => freshen(run, host)),
  );
  if (server === undefined || jenkins1 === undefined || jenkins2 === undefined)
    throw new Error("three hosts expected");
  const left = [server, jenkins1, jenkins2].map((each) => each.left).filter((text) => text !== "");
  return { hosts: { server: server.host, jenkins1: jenkins1.host, jenkins2: jenkins2.host }, left };
};

const explainScript = `
echo "## containers"; docker ps -a
for c in $(docker ps -aq); do echo "## docker logs $(docker inspect -f '{{.Name}}' $c)"; docker logs --tail 30 $c 2>&1; done
echo "## failed units"; systemctl list-units --state=failed --no-legend --plain
echo "## listening"; ss -tlnp
echo "## firewall"; iptables-save
echo "## journal"; journalctl --no-pager -n 80
`;

/** Writes what the hosts look like now; returns a short form for the terminal. */
export const explainHosts = async (hosts: Hosts, into: string): Promise<string> => {
  mkdirSync(into, { recursive: true });
  const texts = await Promise.all(
    Object.values(hosts).map(async (host: Host) => {
      const text = await host
        .sh(`exec 2>&1\nset +e\n${explainScript}\ntrue`)
        .catch((error: unknown) => String(error));
      writeFileSync(join(into, `${host.name}.txt`), `${text}\n`);
      const upToUnits = text.split("## listening")[0] ?? "";
      return `--- ${host.name}\n${tail(upToUnits, 20)}`;
    }),
  );
  return texts.join("\n");
};
