// What the command a log came from says about its writer: `kubectl logs loki-0 -c loki --previous`, `journalctl -u grafana-server`.
import { parseCommandLine } from "../command.ts";

export interface LogCommand {
  readonly kind: "kubectl" | "docker" | "compose" | "journal" | "kernel";
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly unit?: string;
  readonly host?: string;
  readonly previous?: boolean;
}

/** Undefined when the command does not print logs. Looks behind sudo, ssh, time-outs and shells. */
export function readLogCommand(command: string | undefined): LogCommand | undefined {
  if (command === undefined || command.length > 4_000) return undefined;
  for (const { program, args, host } of parseCommandLine(command)) {
    const found = readers[program]?.(args);
    if (found) return { ...(host ? { host } : {}), ...found };
  }
  return undefined;
}

const kubectl = (args: readonly string[]): LogCommand | undefined => {
  if (args[0] === "kubectl") return kubectl(args.slice(1));
  const { options, operands } = split(args, [
    "n",
    "namespace",
    "c",
    "container",
    "l",
    "selector",
    "context",
    "kubeconfig",
    "tail",
    "since",
    "since-time",
    "cluster",
    "user",
  ]);
  if (operands[0] !== "logs" && operands[0] !== "log") return undefined;
  const resource = operands[1]?.replace(/^(?:po|pods?)\//, "");
  const container = options.get("c") ?? options.get("container") ?? operands[2];
  const namespace = options.get("n") ?? options.get("namespace");
  // `deploy/grafana` names no pod, but as good as a container.
  const workload = resource?.includes("/") ? resource.slice(resource.indexOf("/") + 1) : undefined;
  const named = container ?? workload;
  return {
    kind: "kubectl",
    ...(namespace ? { namespace } : {}),
    ...(resource && !workload ? { pod: resource } : {}),
    ...(named ? { container: named } : {}),
    ...(options.has("p") || options.has("previous") ? { previous: options.get("previous") !== "false" } : {}),
  };
};

const docker = (args: readonly string[]): LogCommand | undefined => {
  const { operands } = split(
    args,
    ["n", "tail", "since", "until", "f", "file", "H", "host", "context", "p", "project-name"],
    ["follow"],
  );
  if (operands[0] === "compose")
    return operands.includes("logs") ? compose(args.slice(args.indexOf("compose") + 1)) : undefined;
  const at = operands.indexOf("logs");
  if (at < 0 || at > 2) return undefined;
  // In `docker logs -f NAME`, -f has no value.
  const name = split(args.slice(args.indexOf("logs") + 1), ["n", "tail", "since", "until"]).operands[0];
  return { kind: "docker", ...(name ? { container: name } : {}) };
};

const compose = (args: readonly string[]): LogCommand | undefined => {
  if (!args.includes("logs") && !args.includes("up")) return undefined;
  const at = args.includes("logs") ? args.indexOf("logs") : args.indexOf("up");
  const services = split(args.slice(at + 1), ["n", "tail", "since", "until"]).operands;
  return { kind: "compose", ...(services.length === 1 && services[0] ? { container: services[0] } : {}) };
};

const journal = (args: readonly string[]): LogCommand => {
  const { options } = split(args, [
    "u",
    "unit",
    "t",
    "identifier",
    "n",
    "lines",
    "S",
    "since",
    "U",
    "until",
    "o",
    "output",
    "p",
    "priority",
  ]);
  const unit = (
    options.get("u") ??
    options.get("unit") ??
    options.get("t") ??
    options.get("identifier")
  )?.replace(/\.service$/, "");
  if (options.has("k") || options.has("dmesg")) return { kind: "kernel" };
  return { kind: "journal", ...(unit ? { unit } : {}) };
};

const readers: Readonly<Record<string, (args: readonly string[]) => LogCommand | undefined>> = Object.assign(
  Object.create(null) as Record<string, (args: readonly string[]) => LogCommand | undefined>,
  {
    kubectl,
    oc: kubectl,
    k: kubectl,
    k3s: kubectl,
    microk8s: kubectl,
    docker,
    podman: docker,
    nerdctl: docker,
    "docker-compose": compose,
    "podman-compose": compose,
    journalctl: journal,
    dmesg: (): LogCommand => ({ kind: "kernel" }),
  },
);

/** Options and operands. `withValue` lists options that take the next word. */
function split(
  args: readonly string[],
  withValue: readonly string[],
  without: readonly string[] = [],
): { options: ReadonlyMap<string, string>; operands: readonly string[] } {
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? "";
    const match = /^(--?)([A-Za-z][\w-]*)(?:=(.*))?$/.exec(word);
    if (!match) {
      if (!word.startsWith("-")) operands.push(word);
      continue;
    }
    const [, dashes, name = "", value] = match;
    // `-nmonitoring` and `-cprometheus`.
    const glued =
      dashes === "-" && value === undefined && name.length > 1 && withValue.includes(name[0] ?? "");
    if (value !== undefined) options.set(name, value);
    else if (glued) options.set(name[0] ?? "", name.slice(1));
    else if (withValue.includes(name) && !without.includes(name)) options.set(name, args[++i] ?? "");
    else options.set(name, "");
  }
  return { options, operands };
}
