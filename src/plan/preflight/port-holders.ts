// Who holds a port: the container or the systemd unit behind the process that listens.
import { ownerLabels } from "../../model/desired.ts";
import type { Listener } from "../../model/host.ts";
import type { HostAnswer, HostQuestion } from "../../model/preflight.ts";

export interface Holder {
  readonly port: number;
  readonly pid?: number;
  readonly unit?: string;
  readonly container?: { readonly name: string; readonly stack?: string };
}

export function holdersQuestion(ports: readonly number[]): readonly HostQuestion[] {
  const wanted = [...new Set(ports)].join(" ");
  const script = `for p in ${wanted}; do for i in $(ss -ltnp 2>/dev/null | awk -v p=":$p" '{ n = length($4) - length(p) + 1; if (n > 0 && substr($4, n) == p) print }' | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -u); do sed "s/^/$p $i /" /proc/$i/cgroup 2>/dev/null; done; done`;
  const format = `{{.Id}}|{{.Name}}|{{.State.Pid}}|{{index .Config.Labels "${ownerLabels.stack}"}}|{{json .NetworkSettings.Ports}}`;
  return [
    {
      id: "port-processes",
      text: "{asroot} ss -ltnp",
      run: `{asroot}sh -c '${script.replaceAll("'", `'"'"'`)}'`,
      why: "which container or unit holds a port that will be needed",
      tool: "ss",
      optional: true,
    },
    {
      id: "port-containers",
      text: "{engine} inspect $({engine} ps -q)",
      run: `ids=$({engine} ps -q --no-trunc) || exit; [ -z "$ids" ] || {engine} inspect -f '${format}' $ids`,
      why: "which running container is whose, and which ports it publishes",
      optional: true,
    },
  ];
}

interface Running {
  readonly id: string;
  readonly name: string;
  readonly pid: number;
  readonly stack?: string;
  readonly published: readonly number[];
}

export function readHolders(answers: ReadonlyMap<string, HostAnswer>): readonly Holder[] {
  const containers = textOf(answers, "port-containers").split("\n").flatMap(readContainer);
  const byProcess = new Map<string, Holder>();
  for (const line of textOf(answers, "port-processes").split("\n")) {
    const match = /^(\d{1,5}) (\d{1,10}) \d+:[^:]*:(.*)$/.exec(line);
    if (!match) continue;
    const [, port, pid, group = ""] = match;
    const key = `${port} ${pid}`;
    byProcess.set(key, {
      ...byProcess.get(key),
      port: Number(port),
      pid: Number(pid),
      ...holderIn(group, Number(pid), containers),
    });
  }
  const published = containers.flatMap(({ name, stack, published }) =>
    published.map(
      (port): Holder => ({ port, container: { name, ...(stack === undefined ? {} : { stack }) } }),
    ),
  );
  return [...published, ...byProcess.values()];
}

/** Published ports are held by the engine's proxy, whose own group says nothing. */
export function holderOf(holders: readonly Holder[], { port, pid }: Listener): Holder | undefined {
  const own = holders.filter((holder) => holder.port === port);
  return (
    own.find(({ container }) => container !== undefined) ?? own.find((holder) => holder.pid === pid) ?? own[0]
  );
}

function holderIn(group: string, pid: number, containers: readonly Running[]): Partial<Holder> {
  const id = /([0-9a-f]{64})/.exec(group)?.[1];
  const running = containers.find((one) => one.pid === pid || one.id === id);
  if (running) {
    const { name, stack } = running;
    return { container: { name, ...(stack === undefined ? {} : { stack }) } };
  }
  const unit = /\/([\w@.:\\-]{1,200}\.service)(?:\/|$)/.exec(group)?.[1];
  return unit === undefined ? {} : { unit };
}

function readContainer(line: string): readonly Running[] {
  const [id = "", name = "", pid = "", stack = "", ...ports] = line.split("|");
  if (!/^[0-9a-f]{12,64}$/.test(id)) return [];
  const text = ports.join("|");
  return [
    {
      id,
      name: name.replace(/^\//, ""),
      pid: Number(pid),
      ...(stack === "" || stack === "<no value>" ? {} : { stack }),
      published: [...text.matchAll(/"HostPort":"(\d{1,5})"/g)].map(([, port]) => Number(port)),
    },
  ];
}

function textOf(answers: ReadonlyMap<string, HostAnswer>, id: string): string {
  const answer = answers.get(id);
  return answer && "text" in answer ? answer.text : "";
}
