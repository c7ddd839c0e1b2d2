// Evidence as people save it without watchmend: a terminal session per host and for the cluster, with prompt and output.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../cluster.ts";
import type { Host } from "../host.ts";
import type { Hosts } from "../world/hosts.ts";

type Asked = { readonly command: string; readonly output: string };

const session = (prompt: string, asked: readonly Asked[]): string =>
  asked.map(({ command, output }) => `${prompt} ${command}\n${output.trimEnd()}\n`).join("");

const objectKinds =
  "deployments,statefulsets,daemonsets,replicasets,pods,services,endpointslices,configmaps,persistentvolumeclaims,networkpolicies";

type Pods = {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: {
      readonly containerStatuses?: readonly { readonly name: string; readonly restartCount: number }[];
    };
  }[];
};

/** What the components say over their own APIs, for each that has a Service. */
const apiCommands = async (cluster: Cluster, namespace: string): Promise<string[]> => {
  const asked: Readonly<Record<string, string>> = {
    "prometheus:9090": "api/v1/targets?state=active",
    "grafana:3000": "api/datasources/uid/prom/health",
  };
  type Services = { readonly items: readonly { readonly metadata: { readonly name: string } }[] };
  const { items } = await cluster.read<Services>(`/api/v1/namespaces/${namespace}/services`);
  const names = items.map(({ metadata }) => metadata.name);
  return Object.entries(asked)
    .filter(([service]) => names.some((name) => service.startsWith(`${name}:`)))
    .map(([service, path]) => `get --raw /api/v1/namespaces/${namespace}/services/${service}/proxy/${path}`);
};

/** One command per log that exists: of the last attempt too, where there was one. */
const logCommands = async (cluster: Cluster, namespace: string): Promise<string[]> => {
  const { items } = await cluster.read<Pods>(`/api/v1/namespaces/${namespace}/pods`);
  return items.flatMap(({ metadata, status }) =>
    (status.containerStatuses ?? []).flatMap(({ name, restartCount }) => {
      const log = `logs -n ${namespace} ${metadata.name} -c ${name} --tail=400`;
      return restartCount > 0 ? [log, `${log} --previous`] : [log];
    }),
  );
};

export const saveCluster = async (cluster: Cluster, namespace: string, dir: string): Promise<void> => {
  mkdirSync(dir, { recursive: true });
  const ask = async (command: string): Promise<Asked> => {
    const ran = await cluster.kubectl(command.split(" "), { allowFailure: true });
    return { command: `kubectl ${command}`, output: ran.stdout + ran.stderr };
  };
  const commands = [
    `get ${objectKinds} -n ${namespace} -o yaml`,
    `get events -n ${namespace} -o yaml`,
    "get persistentvolumes,storageclasses,nodes -o yaml",
    "get deployments,pods,services,endpointslices -n kube-system -o yaml",
    ...(await apiCommands(cluster, namespace)),
    ...(await logCommands(cluster, namespace)),
  ];
  const asked: Asked[] = [];
  for (const command of commands) asked.push(await ask(command));
  writeFileSync(join(dir, "cluster.txt"), session("$", asked));
};

const hostCommands = [
  "docker version",
  "docker ps -a --no-trunc",
  "docker inspect $(docker ps -aq)",
  "docker network inspect $(docker network ls -q)",
  "ss -Hltnp || ss -ltnp",
  "iptables-save",
  "df -h",
  "date",
  "cat /etc/hosts",
  "cat /etc/resolv.conf",
  "systemctl status ssh docker prometheus-node-exporter --no-pager",
  "curl -s http://127.0.0.1:9090/api/v1/targets?state=active",
  "curl -s http://127.0.0.1:9090/api/v1/status/config",
  "ls -ldn /srv/*",
];

const shownFiles = [
  "/opt/monitoring/prometheus.yml",
  "/opt/monitoring/targets/nodes.yml",
  "/opt/promtail/config.yml",
];

const saveHost = async (host: Host, dir: string): Promise<void> => {
  const asked: Asked[] = [];
  const names = (await host.run(["docker", "ps", "-a", "--format", "{{.Names}}"], { allowFailure: true }))
    .stdout;
  const logs = names
    .split("\n")
    .filter((name) => name !== "")
    .map((name) => `docker logs --tail 300 ${name}`);
  const files = (await host.sh(`ls -d ${shownFiles.join(" ")} 2>/dev/null || true`)).split("\n");
  const cats = files.filter((file) => file !== "").map((file) => `cat ${file}`);
  for (const command of [...hostCommands, ...cats, ...logs]) {
    const ran = await host.run(["bash", "-c", command], { allowFailure: true });
    asked.push({ command, output: ran.stdout + ran.stderr });
  }
  writeFileSync(join(dir, `${host.name}.txt`), session(`root@${host.name}:~#`, asked));
};

export const saveHosts = async (hosts: Hosts, dir: string): Promise<void> => {
  mkdirSync(dir, { recursive: true });
  await Promise.all(Object.values(hosts).map((host: Host) => saveHost(host, dir)));
};
