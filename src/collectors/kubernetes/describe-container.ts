// Containers and volumes as `kubectl describe` prints them, in pods and in pod templates.
import type {
  Container,
  ContainerState,
  EnvVar,
  Probe,
  Volume,
  VolumeMount,
} from "../../model/kubernetes.ts";
import type { Place } from "../../model/place.ts";
import { type Entry, find, linesBelow, shownValue } from "./describe-tree.ts";
import { envValue } from "./object-spec.ts";
import { known } from "./row.ts";

/** The described text, for places and for raw lines. */
export interface Described {
  readonly lines: readonly string[];
  place(entry: Entry): Place;
}

export function containerFromEntry(entry: Entry, init: boolean, text: Described): Container {
  const fields = entry.children;
  const probe = (key: string) => probeFromEntry(find(fields, key), text);
  return {
    at: text.place(entry),
    name: entry.key,
    init,
    ...known({
      image: shownValue(fields, "Image"),
      command: wordsBelow(find(fields, "Command"), text),
      args: wordsBelow(find(fields, "Args"), text),
      ports: portsOf(fields),
      env: envOf(fields, text),
      mounts: mountsOf(find(fields, "Mounts"), text),
      startupProbe: probe("Startup"),
      livenessProbe: probe("Liveness"),
      readinessProbe: probe("Readiness"),
      limits: resources(find(fields, "Limits")),
      requests: resources(find(fields, "Requests")),
      ready: flagOf(shownValue(fields, "Ready")),
      restartCount: numberOf(shownValue(fields, "Restart Count")),
      state: stateFromEntry(find(fields, "State"), text),
      lastState: stateFromEntry(find(fields, "Last State"), text),
    }),
  };
}

export function stateFromEntry(entry: Entry | undefined, text: Described): ContainerState | undefined {
  const state = entry?.value.toLowerCase();
  if (!entry || (state !== "running" && state !== "waiting" && state !== "terminated")) return undefined;
  const fields = entry.children;
  const message = find(fields, "Message");
  return {
    at: text.place(entry),
    state,
    ...known({
      reason: shownValue(fields, "Reason"),
      message: message && [message.value, ...message.children.map((child) => child.text)].join("\n"),
      exitCode: numberOf(shownValue(fields, "Exit Code")),
      signal: numberOf(shownValue(fields, "Signal")),
      startedMs: timeOf(shownValue(fields, "Started")),
      finishedMs: timeOf(shownValue(fields, "Finished")),
    }),
  };
}

/** `Thu, 09 Oct 2025 17:32:34 -0400` */
export function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/.test(text))
    return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

export function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export function flagOf(text: string | undefined): boolean | undefined {
  if (text === undefined || !/^(?:true|false)$/i.test(text)) return undefined;
  return text.toLowerCase() === "true";
}

/** One word per line; a script behind `sh -c` is printed as several lines and is one word. */
function wordsBelow(entry: Entry | undefined, text: Described): readonly string[] | undefined {
  if (!entry) return undefined;
  const words = linesBelow(entry, text.lines, text.lines.length);
  const script = words.indexOf("-c") + 1;
  if (script === 0 || script >= words.length - 1 || script > 3) return words.filter((word) => word !== "");
  return [...words.slice(0, script), words.slice(script).join("\n")];
}

/** `Port: 9090/TCP`, `Ports: 8080/TCP, 8081/TCP`, newer `9090/TCP (web)`, and Host Port(s) in the same order. */
function portsOf(fields: readonly Entry[]): Container["ports"] {
  const shown = shownValue(fields, "Port") ?? shownValue(fields, "Ports");
  if (shown === undefined) return undefined;
  const hosts = (shownValue(fields, "Host Port") ?? shownValue(fields, "Host Ports") ?? "").split(",");
  return shown.split(",").flatMap((part, i) => {
    const match = /^\s*(\d{1,5})\/(\w+)(?: \(([^)]*)\))?/.exec(part);
    if (!match) return [];
    const hostPort = Number(/\d+/.exec(hosts[i] ?? "")?.[0] ?? 0);
    return [
      {
        containerPort: Number(match[1]),
        protocol: match[2] ?? "TCP",
        ...known({ name: match[3], hostPort: hostPort || undefined }),
      },
    ];
  });
}

function envOf(fields: readonly Entry[], text: Described): readonly EnvVar[] | undefined {
  const section = find(fields, "Environment");
  const from = find(fields, "Environment Variables from");
  if (!section && !from) return undefined;
  const whole = (from?.children ?? []).flatMap((entry): EnvVar[] => {
    const match = /^(\S+)\s+(ConfigMap|Secret)\b/.exec(entry.text);
    return match
      ? [{ at: text.place(entry), name: "*", from: `${match[2]?.toLowerCase()} ${match[1]}` }]
      : [];
  });
  return [...whole, ...(section?.children ?? []).flatMap((entry) => envFromEntry(entry, text))];
}

function envFromEntry(entry: Entry, text: Described): EnvVar[] {
  if (entry.key === "") return [];
  const set = /^<set to the key '([^']*)' (?:in|of) (secret|config map) '([^']*)'>/.exec(entry.value);
  if (set) {
    const from = `${set[2] === "secret" ? "secret" : "configmap"} ${set[3]}/${set[1]}`;
    return [{ at: text.place(entry), name: entry.key, from }];
  }
  const field = /^\s*\(([\w.]+:)?([\w.[\]'"-]+)\)$/.exec(entry.value);
  if (field?.[1]) return [{ at: text.place(entry), name: entry.key, from: `field ${field[2]}` }];
  return [{ at: text.place(entry), name: entry.key, ...known({ value: envValue(entry.key, entry.value) }) }];
}

/** `/etc/x from config (ro,path="x")` */
function mountsOf(entry: Entry | undefined, text: Described): readonly VolumeMount[] | undefined {
  if (!entry) return undefined;
  return entry.children.flatMap((child): VolumeMount[] => {
    const match = /^(\S.*?) from (\S+) \((r[ow])(?:,path="([^"]*)")?/.exec(child.text);
    if (!match) return [];
    const [, mountPath = "", name = "", mode, subPath] = match;
    return [{ at: text.place(child), name, mountPath, readOnly: mode === "ro", ...known({ subPath }) }];
  });
}

function resources(entry: Entry | undefined): Readonly<Record<string, string>> | undefined {
  return (
    entry &&
    Object.fromEntries(entry.children.filter((child) => child.key).map((child) => [child.key, child.value]))
  );
}

/** `http-get http://:9090/-/ready delay=30s timeout=1s period=10s #success=1 #failure=3` */
export function probeFromEntry(entry: Entry | undefined, text: Described): Probe | undefined {
  if (!entry) return undefined;
  const line = entry.value.slice(0, 4_000);
  const http = /^http-get https?:\/\/[^:/\s]*(?::([^/\s]*))?(\/\S*)?/.exec(line);
  const tcp = /^tcp-socket \S*?:(\S+)/.exec(line);
  const grpc = /^grpc \S*?:(\d+)/.exec(line);
  const exec = /^exec \[(.*)\] delay=/.exec(line);
  if (!http && !tcp && !grpc && !exec) return undefined;
  const number = (name: string) => Number(new RegExp(`[ #]${name}=(\\d+)`).exec(line)?.[1] ?? 0);
  return {
    at: text.place(entry),
    type: http ? "http" : tcp ? "tcp" : grpc ? "grpc" : "exec",
    ...known({
      path: http ? (http[2] ?? "/") : undefined,
      port: http?.[1] ?? tcp?.[1] ?? grpc?.[1],
      command: exec?.[1]?.split(" "),
    }),
    initialDelaySeconds: number("delay"),
    timeoutSeconds: number("timeout"),
    periodSeconds: number("period"),
    failureThreshold: number("failure"),
  };
}

const volumeTypes: Readonly<Record<string, readonly [Volume["type"], string]>> = {
  HostPath: ["hostPath", "Path"],
  PersistentVolumeClaim: ["persistentVolumeClaim", "ClaimName"],
  ConfigMap: ["configMap", "Name"],
  Secret: ["secret", "SecretName"],
  EmptyDir: ["emptyDir", ""],
  Projected: ["projected", ""],
  NFS: ["nfs", "Path"],
  CSI: ["csi", "Driver"],
};

export function volumeFromEntry(entry: Entry, text: Described): Volume {
  const fields = entry.children;
  const word = /^\w+/.exec(shownValue(fields, "Type") ?? "")?.[0] ?? "";
  const [type, refKey] = volumeTypes[word] ?? (["other", ""] as const);
  const path = refKey === "" ? undefined : shownValue(fields, refKey);
  const ref = type === "nfs" && path !== undefined ? `${shownValue(fields, "Server") ?? ""}:${path}` : path;
  const optional =
    type === "configMap" || type === "secret" ? flagOf(shownValue(fields, "Optional")) : undefined;
  return { at: text.place(entry), name: entry.key, type, ...known({ ref, optional }) };
}
