// Hosts made of scripts: every program that is run there is a fake that answers as the real one does, or fails as it is told to.
// What real hosts say is tested in the rig; here every answer can be turned into every failure, within seconds.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { given } from "../../../src/model/given.ts";

/** What happens to every answer over HTTP, or to everything the engine says. */
export const faults = ["refused", "timeout", "hang", "403", "500", "empty", "cut", "halved"] as const;
export type Fault = (typeof faults)[number];

export interface MadeContainer {
  readonly name: string;
  readonly image: string;
  readonly words?: readonly string[];
  /** Path in the container to the text of a file that lies on the host. */
  readonly files?: Readonly<Record<string, string>>;
  /** Folders of the host, by path in the container. */
  readonly folders?: Readonly<Record<string, string>>;
  readonly running?: boolean;
  readonly log?: string;
}

export interface MadeHost {
  readonly containers: readonly MadeContainer[];
  /** URL without scheme to the answer. Everything else is 404. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** On which ports somebody listens, on all addresses. */
  readonly ports?: readonly number[];
  /** Part of the URLs that are answered only to this `Authorization`. */
  readonly login?: { readonly of: string; readonly header: string };
  /** More programs, or others in place of the usual ones: name to the lines of a script. */
  readonly programs?: Readonly<Record<string, string>>;
}

export interface MadeHosts {
  readonly folder: string;
  /** In place of `ssh`. A host that was not made refuses connections. */
  readonly ssh: string;
  /** Of the answers that curl gets on this host. `only` is a part of the URL. */
  break(fault: Fault | undefined, of?: "http" | "engine", only?: string): void;
  answer(host: string, url: string, value: unknown): void;
  /** URLs that were asked for, with the headers. */
  remove(): void;
}

export function makeHosts(hosts: Readonly<Record<string, MadeHost>>): MadeHosts {
  const folder = mkdtempSync(join(tmpdir(), "wm-made-"));
  for (const [name, host] of Object.entries(hosts)) makeHost(folder, name, host);
  const ssh = program(join(folder, "ssh"), sshScript(folder));
  return {
    folder,
    ssh,
    break(fault, of = "http", only = "") {
      for (const kind of ["http", "engine"])
        writeFileSync(join(folder, `fault-${kind}`), kind === of && fault ? `${fault} ${only}` : "");
    },
    answer(host, url, value) {
      writeFileSync(join(folder, host, "answers", keyOf(url)), bodyOf(value));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function makeHost(folder: string, name: string, host: MadeHost): void {
  const own = join(folder, name);
  for (const part of ["bin", "answers", "engine", "files"]) mkdirSync(join(own, part), { recursive: true });
  for (const [url, value] of Object.entries(host.answers))
    writeFileSync(join(own, "answers", keyOf(url)), bodyOf(value));
  const containers = host.containers.map((container, i) => inspected(container, i, join(own, "files")));
  writeFileSync(join(own, "engine", "inspect"), JSON.stringify(containers));
  writeFileSync(join(own, "engine", "ids"), containers.map(({ Id }) => `${Id}\n`).join(""));
  writeFileSync(join(own, "engine", "ps"), table(host.containers, containers));
  for (const container of host.containers)
    writeFileSync(join(own, "engine", `log-${container.name}`), container.log ?? logOf(container));
  if (host.login) writeFileSync(join(own, "login"), `${host.login.of}\n${host.login.header}\n`);
  const all = { ...usual(folder, own, host.ports ?? []), ...host.programs };
  for (const [tool, script] of Object.entries(all)) program(join(own, "bin", tool), script);
}

function program(path: string, script: string): string {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const keyOf = (url: string): string => url.replaceAll(/[^A-Za-z0-9]/g, "_");
const bodyOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function inspected(
  { name, image, words = [], files = {}, folders = {}, running = true }: MadeContainer,
  i: number,
  folder: string,
) {
  const bound = Object.entries(files).map(([target, text]) => {
    const source = join(folder, `${name}${keyOf(target)}.${target.split(".").at(-1)}`);
    writeFileSync(source, text);
    return { Type: "bind", Source: source, Destination: target, RW: false };
  });
  const mounted = Object.entries(folders).map(([target, source]) => ({
    Type: "bind",
    Source: source,
    Destination: target,
    RW: true,
  }));
  const since = new Date(Date.now() - 86_400_000).toISOString();
  return {
    Id: `${String(i + 1).repeat(4)}${"ab".repeat(30)}`,
    Name: `/${name}`,
    Path: words[0] ?? `/bin/${name}`,
    Args: words.slice(1),
    Created: since,
    State: {
      Status: running ? "running" : "exited",
      Running: running,
      Pid: running ? 4_000_000 + i : 0,
      ExitCode: 0,
      StartedAt: since,
      FinishedAt: "0001-01-01T00:00:00Z",
    },
    RestartCount: 0,
    HostConfig: { NetworkMode: "host", RestartPolicy: { Name: "unless-stopped" }, Binds: [] },
    Mounts: [...bound, ...mounted],
    Config: { Image: image, Env: [], Labels: {} },
    NetworkSettings: { Ports: {}, Networks: { host: { IPAddress: "" } } },
  };
}

function table(made: readonly MadeContainer[], containers: readonly { readonly Id: string }[]): string {
  const rows = made.map(({ name, image, running = true }, i) =>
    [
      containers[i]?.Id ?? "",
      image,
      `"/bin/${name}"`,
      "25 hours ago",
      running ? "Up 25 hours" : "Exited (0) 2 hours ago",
      "",
      name,
    ].join("   "),
  );
  return `${["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"].join("   ")}\n${rows.join("\n")}\n`;
}

const logOf = ({ name }: MadeContainer): string => {
  const now = new Date(Date.now() - 60_000).toISOString();
  return `${now} ts=${now} level=info caller=main.go:100 msg="${name} has started"\n`;
};

/** What is told of the kind in `fault-KIND`, before the answer `$1` is printed. */
const withFault = (
  folder: string,
  kind: string,
): string => `fault= only=; read -r fault only <'${folder}/fault-${kind}' 2>/dev/null
case "$*" in *"$only"*) ;; *) fault= ;; esac
give() {
  case $fault in
    hang) exec sleep 300 ;;
    403) echo '{"message":"Forbidden"}' ;;
    500) echo 'Internal Server Error' ;;
    empty) : ;;
    cut|halved) head -c "$(( $(wc -c <"$1") / 2 ))" "$1" ;;
    *) cat "$1" ;;
  esac
}`;

function usual(folder: string, own: string, ports: readonly number[]): Record<string, string> {
  const nothing = "exit 0";
  const openFilter = `printf '*filter\\n:INPUT ACCEPT [0:0]\\n:FORWARD ACCEPT [0:0]\\n:OUTPUT ACCEPT [0:0]\\nCOMMIT\\n'`;
  return {
    curl: `${withFault(folder, "http")}
fail=; silent=; status=; given=
for word; do case $word in -sf) fail=1 ;; -skv) silent=1 ;; *http_code*) status=1 ;; -K) given=$(cat) ;; esac; url=$word; done
said() { [ -z "$status" ] || printf '\\n%s' "$1"; }
of=; header=; { read -r of; read -r header; } <'${own}/login' 2>/dev/null
if [ -n "$of" ]; then case $url in *"$of"*) case $given in *"Authorization: $header"*) ;; *) echo '{"message":"Unauthorized"}'; said 401; exit 0 ;; esac ;; esac; fi
printf '%s\\n' "$*" >>'${own}/asked'
where=\${url#*://}; where=\${where%%/*}
case $fault in
  refused) echo "curl: (7) Failed to connect to \${where%:*} port \${where##*:} after 0 ms: Connection refused" >&2; exit 7 ;;
  timeout) echo "curl: (28) Operation timed out after 10001 milliseconds with 0 bytes received" >&2; exit 28 ;;
  403|500) [ -z "$fail" ] || { echo "curl: (22) The requested URL returned error: $fault" >&2; exit 22; } ;;
esac
if [ -n "$silent" ]; then echo "* Connected to \${where%:*} (10.1.1.1) port \${where##*:} (#0)" >&2; exit 0; fi
key=$(printf %s "\${url#*://}" | tr -c 'A-Za-z0-9' _)
[ -f '${own}/answers/'"$key" ] || { [ -z "$fail" ] || exit 22; echo '404 page not found'; said 404; exit 0; }
give '${own}/answers/'"$key"
case $fault in 403|500) said "$fault" ;; *) said 200 ;; esac
[ "$fault" != cut ] || { echo 'curl: (18) transfer closed with outstanding read data remaining' >&2; exit 18; }`,
    docker: `${withFault(folder, "engine")}
case $fault in
  refused|timeout) echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2; exit 1 ;;
  403) echo 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock' >&2; exit 1 ;;
  500) echo 'Error response from daemon: Internal Server Error' >&2; exit 1 ;;
esac
case "$1 $2" in
  "ps -aq"*) give '${own}/engine/ids' ;;
  "ps -a"*) give '${own}/engine/ps' ;;
  "inspect -f"*) echo 4000000 ;;
  inspect*) give '${own}/engine/inspect' ;;
  logs*) for name; do :; done; give '${own}/engine/log-'"$name" ;;
  *) exit 0 ;;
esac`,
    ss: `printf '%s\\n' 'Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess' ${ports.map((port) => `'tcp   LISTEN 0      4096               *:${port}            *:*    '`).join(" ")}`,
    df: `printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\\n/dev/vda1 102400000 20480000 81920000 20%% /\\n'`,
    timedatectl: `printf '               Local time: x\\nSystem clock synchronized: yes\\n              NTP service: active\\n'`,
    nsenter: `while [ "$1" != sh ] && [ "$1" != curl ]; do shift; done; exec "$@"`,
    "iptables-save": openFilter,
    "ip6tables-save": openFilter,
    mount: "exit 1",
    sudo: "exit 1",
    ...Object.fromEntries(
      [
        "nft",
        "ufw",
        "firewall-cmd",
        "chronyc",
        "ausearch",
        "getenforce",
        "dmesg",
        "systemctl",
        "journalctl",
        "logger",
        "ip",
        "sysctl",
        "uptime",
        "free",
      ].map((tool) => [tool, nothing]),
    ),
  };
}

/** As sshd does it, without a login shell: the words after the host's name are run there. */
const sshScript = (folder: string): string => `case " $* " in *" -O exit "*) exit 0 ;; esac
while [ "$#" -gt 0 ] && [ "$1" != -- ]; do shift; done
name=$2; shift 3
[ -d '${folder}'/"$name" ] || { echo "ssh: connect to host $name port 22: Connection refused" >&2; exit 255; }
PATH='${folder}'/"$name"/bin:$PATH; export PATH
exec "$@"`;

/** Prometheus' answer about targets that are up and were scraped just now. */
export function targetsUp(
  targets: readonly { readonly job: string; readonly instance: string; readonly lastError?: string }[],
) {
  const scraped = new Date().toISOString();
  return {
    status: "success",
    data: {
      activeTargets: targets.map(({ job, instance, lastError = "" }) =>
        given({
          discoveredLabels: { __address__: instance },
          labels: { instance, job },
          scrapePool: job,
          scrapeUrl: `http://${instance}/metrics`,
          globalUrl: `http://${instance}/metrics`,
          lastError,
          lastScrape: scraped,
          lastScrapeDuration: 0.01,
          health: lastError === "" ? "up" : "down",
          scrapeInterval: "15s",
          scrapeTimeout: "10s",
        }),
      ),
      droppedTargets: [],
    },
  };
}
