// Containers that Ansible starts (docker_container, podman_container), in the shape that compose files and inspect give.
import type { ConfigDocument } from "../../../model/config.ts";
import type { DockerContainer, DockerMount } from "../../../model/docker.ts";
import { parseMountText, parsePublishText } from "../../../model/docker-text.ts";
import { given } from "../../../model/given.ts";
import { booleanOf, isRecord, itemsOf, memberOf, textOf, textRecord } from "../../../model/json-value.ts";
import type { Place } from "../../../model/place.ts";
import { splitWords } from "../../../model/shell-words.ts";
import type { Emit } from "../../parser.ts";
import { nearestLine } from "../yaml-document.ts";
import { type TaskRun, taskRuns } from "./tasks.ts";

const modules = new Set(["docker_container", "podman_container"]);

export function emitAnsibleContainers(doc: ConfigDocument, emit: Emit): void {
  for (const run of taskRuns(doc.value)) {
    const container = modules.has(run.module) ? containerOf(doc, run) : undefined;
    if (container) emit.fact("docker.containers", container);
  }
}

function containerOf(doc: ConfigDocument, run: TaskRun): DockerContainer | undefined {
  const { args } = run;
  const name = textOf(args.name);
  const state = textOf(args.state) ?? "started";
  // Without an image the task only restarts or changes a container that another one declares.
  if (name === undefined || args.image === undefined || state === "absent" || state === "stopped")
    return undefined;
  const place = (key?: string): Place => ({
    source: doc.at.source,
    line: nearestLine(
      doc.lines,
      key === undefined ? run.modulePointer : `${run.modulePointer}/${key}`,
      doc.at.line ?? 1,
    ),
  });
  const portsKey = ["published_ports", "ports", "publish"].find((key) => key in args) ?? "ports";
  const volumesKey = ["volumes", "volume"].find((key) => key in args) ?? "volumes";
  const networks = itemsOf(args.networks).flatMap(
    (network) => known(network) ?? known(memberOf(network, "name")) ?? [],
  );
  const command = wordsOf(args.command);
  return given({
    at: place(),
    origin: "declared" as const,
    name,
    image: textOf(args.image),
    user: known(args.user),
    entrypoint: wordsOf(args.entrypoint),
    args: command,
    argsAt: command === undefined ? undefined : place("command"),
    env: isRecord(args.env)
      ? Object.entries(textRecord(args.env)).map(([key, value]) => ({
          at: place(`env/${key}`),
          name: key,
          value,
        }))
      : undefined,
    ports: knownTexts(args[portsKey])?.flatMap((text, index) =>
      parsePublishText(text, place(`${portsKey}/${index}`)),
    ),
    networkMode: known(args.network_mode) ?? known(args.network) ?? networks[0],
    networks: networks.length === 0 ? undefined : networks.map((network) => ({ name: network })),
    mounts: textsOf(args[volumesKey])?.flatMap(
      (text, index) => mountOf(text, place(`${volumesKey}/${index}`)) ?? [],
    ),
    privileged: booleanOf(args.privileged),
    pidMode: textOf(args.pid_mode) ?? textOf(args.pid),
    usernsMode: textOf(args.userns_mode) ?? textOf(args.userns),
    securityOpt: textsOf(args.security_opts) ?? textsOf(args.security_opt),
    extraHosts: isRecord(args.etc_hosts)
      ? Object.entries(textRecord(args.etc_hosts)).map(([host, ip]) => `${host}:${ip}`)
      : undefined,
    capAdd: textsOf(args.capabilities) ?? textsOf(args.cap_add),
    devices: textsOf(args.devices),
    logDriver: textOf(args.log_driver),
    logOptions: isRecord(args.log_options) ? textRecord(args.log_options) : undefined,
    labels: isRecord(args.labels) ? textRecord(args.labels) : undefined,
    restartPolicy: textOf(args.restart_policy),
  });
}

/** Text without an expression that only Ansible can work out. */
function known(value: unknown): string | undefined {
  const text = textOf(value);
  return text === undefined || text.includes("{{") || text.includes("{%") ? undefined : text;
}

/** All or nothing: a list with unknown items must not look like a shorter list. */
function knownTexts(value: unknown): readonly string[] | undefined {
  const texts = textsOf(value);
  return texts?.some((text) => known(text) === undefined) ? undefined : texts;
}

function textsOf(value: unknown): readonly string[] | undefined {
  const one = textOf(value);
  if (one !== undefined) return [one];
  return Array.isArray(value) ? value.flatMap((item) => textOf(item) ?? []) : undefined;
}

function wordsOf(value: unknown): readonly string[] | undefined {
  return typeof value === "string" ? splitWords(value.replaceAll("\n", " ")) : textsOf(value);
}

/** `{{ base }}/loki:/loki` names a folder of the host, though its beginning is not known. */
function mountOf(text: string, at: Place): DockerMount | undefined {
  const mount = parseMountText(text, at);
  if (mount?.type !== "volume" || !/\{\{.*\//.test(mount.source ?? "")) return mount;
  const { name: _name, ...rest } = mount;
  return { ...rest, type: "bind" };
}
