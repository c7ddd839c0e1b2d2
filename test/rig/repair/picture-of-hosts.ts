// All that a repair of Docker hosts may touch, as one text: two equal texts are the same state, to the byte.
import type { Host } from "../host.ts";
import type { HostsStage } from "../scenario.ts";

/** Files of the stack and of the host, the packet filter's own rules, units. Counters and times are left out. */
const hostScript = `
find /opt /srv -xdev \\( -path /opt/parts -o -path '*/positions' \\) -prune -o -type f -path '/opt/*' -print0 2>/dev/null |
  sort -z | xargs -0 -r -I{} sh -c 'stat -c "%u:%g %a %n" "{}"; sha256sum "{}"'
for f in /etc/hosts /etc/resolv.conf /etc/docker/daemon.json; do
  [ -e $f ] && { stat -c '%u:%g %a %n' $f; sha256sum $f; }
done
for c in INPUT DOCKER-USER; do iptables -S $c; done
for u in docker containerd prometheus-node-exporter kubelet; do echo "$u $(systemctl is-active $u)"; done
`;

const watchScript = (path: string): string =>
  `stat -c '%u:%g %a %n' '${path}' 2>&1; [ -f '${path}' ] && sha256sum '${path}'`;

type Seen = Record<string, unknown>;

/** What makes a container what it is: ids, addresses, times and what the engine counts are not part of it. */
const plain = (inspect: Seen): Seen => {
  const config = inspect.Config as Seen;
  const host = inspect.HostConfig as Seen;
  const state = inspect.State as Seen;
  const mounts = inspect.Mounts as Seen[];
  // Podman leaves them out where a container has the host's.
  const { Networks: networks = {} } = inspect.NetworkSettings as { Networks?: Seen };
  const { Hostname: hostname, ...rest } = config;
  const named = typeof hostname === "string" && !/^[0-9a-f]{12}$/.test(hostname) ? { hostname } : {};
  return {
    name: inspect.Name,
    image: inspect.Image,
    config: { ...rest, ...named },
    host,
    // The engine tells them in any order.
    mounts: mounts
      .map(({ Source: source, Destination: target, RW: writable }) => `${source}:${target}:${writable}`)
      .sort(),
    networks: Object.keys(networks).sort(),
    up: state.Running === true || state.Restarting === true,
  };
};

/** Podman answers where Docker is not installed. Without the engine there are no containers, and that is part of the picture. */
const containersOf = async (host: Host): Promise<Seen[]> => {
  const script = `engine=$(command -v docker || command -v podman) || exit 127
ids=$("$engine" ps -aq --no-trunc) || exit
[ -z "$ids" ] || "$engine" inspect $ids`;
  const all = await host.run(["sh", "-c", script], { allowFailure: true });
  if (all.code !== 0) return [{ engine: "does not answer" }];
  const seen = all.stdout.trim() === "" ? [] : (JSON.parse(all.stdout) as Seen[]);
  return seen.map(plain).sort((a, b) => String(a.name).localeCompare(String(b.name)));
};

export const pictureOfHosts = async ({ hosts }: HostsStage, watched: readonly string[]): Promise<string> => {
  const each = await Promise.all(
    Object.values(hosts).map(async (host: Host) => {
      const paths = watched.flatMap((one) =>
        one.startsWith(`${host.name}:`) ? [one.slice(host.name.length + 1)] : [],
      );
      const script = [hostScript, ...paths.map(watchScript), "true"].join("\n");
      return {
        host: host.name,
        state: (await host.sh(`set +e\n${script}`)).split("\n"),
        containers: await containersOf(host),
      };
    }),
  );
  return JSON.stringify(each, undefined, 1);
};
