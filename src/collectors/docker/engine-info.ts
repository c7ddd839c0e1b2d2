// The engine itself: `docker info` and `docker version`, as text and JSON, of all generations; `podman info`, `podman version`.
import type { DockerEngine } from "../../model/docker.ts";
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { Place } from "../../model/place.ts";
import { commandOf } from "../command.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { parseSize } from "../quantity.ts";

const infoLine =
  /^\s*(?:Server Version|Storage Driver|Docker Root Dir|Cgroup Driver|Cgroup Version|Logging Driver|Default Runtime|Live Restore Enabled|Containers): \S/;
const versionStart = /^\s*(?:Client|Server):(?:\s+(?:Docker|Podman|Mirantis)\b.*|\s*)$/;
const versionLine =
  /^\s*(?:API version|API Version|Go version|Go Version|Git commit|OS\/Arch|Built|Version):?\s+\S/;

export const engineText: Parser = {
  id: "docker-engine-text",
  reads: "docker info, docker version, podman version",
  provides: ["docker.engines", "host.versions", "host.settings"],
  startsAt: (line, next) =>
    /^Client:/.test(line) &&
    next !== undefined &&
    /^\s+(?:Version|Context|Debug Mode|Cloud integration):/.test(next),
  recognise(segment) {
    const head = headOf(segment, 60);
    if (
      head.some((line) =>
        /^\s*(?:Docker Root Dir|Storage Driver|Server Version|Cgroup Driver): \S/.test(line),
      )
    )
      return 0.95;
    if (head.filter((line) => infoLine.test(line)).length >= 2) return 0.95;
    const isVersion =
      head.some((line) => versionStart.test(line) || /^\s*Engine:\s*$/.test(line)) ||
      commandOf(segment, "docker", "podman");
    return isVersion &&
      head.filter((line) => versionLine.test(line)).length >= 1 &&
      head.some((line) => /API [vV]ersion/.test(line))
      ? 0.95
      : 0;
  },
  parse(segment, emit) {
    emit.seen("docker.engines");
    const found = readText(segment, emit);
    emitEngine(found, segment, emit);
  },
};

export type Found = {
  -readonly [Key in keyof Omit<DockerEngine, "at" | "host" | "fieldsAt">]: DockerEngine[Key];
} & {
  fieldsAt: Record<string, Place>;
};

/** Writes a field with its place. */
export function setField<Key extends keyof Omit<DockerEngine, "at" | "host" | "fieldsAt">>(
  found: Found,
  key: Key,
  value: DockerEngine[Key] | undefined,
  at: Place,
): void {
  if (value === undefined || value === "") return;
  (found as Record<string, unknown>)[key] = value;
  found.fieldsAt[key] = at;
}

export function emitEngine(found: Found, segment: Segment, emit: Emit): void {
  const places = Object.values(found.fieldsAt);
  const first = found.fieldsAt.version ?? found.fieldsAt.apiVersion ?? places[0];
  if (!first) return;
  const host = hostOf(segment);
  emit.fact("docker.engines", given({ at: first, host, ...found }));
  const of = found.isPodman ? "podman" : "docker";
  const { version, fieldsAt } = found;
  if (version) emit.fact("host.versions", given({ at: fieldsAt.version ?? first, host, of, version }));
}

function readText(segment: Segment, emit: Emit): Found {
  const found: Found = { fieldsAt: {} };
  let part: "client" | "server" | "component" | "" = commandOf(segment, "podman") ? "client" : "";
  const options: string[] = [];
  let optionsIndent = -1;
  for (const line of linesOf(segment, 5_000)) {
    const at = placeOf(segment, line.index);
    const indent = line.text.length - line.text.trimStart().length;
    const text = line.text.trim();
    if (text === "") continue;
    if (optionsIndent >= 0 && indent > optionsIndent) {
      if (!text.startsWith("Profile:")) options.push(text.replace(/^name=/, ""));
      found.securityOptions = options;
      found.rootless = options.includes("rootless");
      continue;
    }
    optionsIndent = -1;
    const heading = /^(Client|Server)\b:?/.exec(text);
    if (heading && !/^Server Version/.test(text)) {
      part = heading[1] === "Client" ? "client" : "server";
      if (/Podman/.test(text)) found.isPodman = true;
      continue;
    }
    // components of the server (containerd, runc, docker-init) have versions of their own
    if (part === "server" && /^(?:containerd|runc|docker-init|ctr|crun|conmon):$/.test(text))
      part = "component";
    else if (part === "component" && /^Engine:$/.test(text)) part = "server";
    if (/^(?:WARNING|ERROR|Cannot connect|Error|errors pretty)/i.test(text)) {
      leaveAsText(segment, line, emit);
      continue;
    }
    if (/^Security Options:\s*$/.test(text)) {
      optionsIndent = indent;
      found.fieldsAt.securityOptions = at;
      continue;
    }
    const pair =
      /^([A-Za-z][A-Za-z /-]{1,40}?):\s+(.+)$/.exec(text) ??
      /^(Version|API Version|OS\/Arch):?\s+(.+)$/.exec(text);
    // a sentence is somebody's comment, not a line of the tool
    if (!pair && text.split(/\s+/).length > 5) leaveAsText(segment, line, emit);
    if (pair && part !== "component")
      readPair(pair[1] ?? "", (pair[2] ?? "").trim(), part, found, at, segment, emit);
  }
  if (found.isPodman && found.version === undefined && found.clientVersion !== undefined) {
    setField(found, "version", found.clientVersion, found.fieldsAt.clientVersion ?? placeOf(segment, 0));
  }
  return found;
}

function readPair(
  key: string,
  value: string,
  part: string,
  found: Found,
  at: Place,
  segment: Segment,
  emit: Emit,
): void {
  const isClient = part === "client";
  const api = /^([\d.]+)(?:\s+\((?:minimum|downgraded)[^)\d]*([\d.]+)[^)]*\))?/.exec(value);
  if (key === "Version") setField(found, isClient ? "clientVersion" : "version", versionOf(value), at);
  else if (key === "Server Version") setField(found, "version", versionOf(value), at);
  else if (/^API version$/i.test(key) && api) {
    setField(found, isClient ? "clientApiVersion" : "apiVersion", api[1], at);
    if (!isClient && /minimum/.test(value)) setField(found, "minApiVersion", api[2], at);
  } else if (key === "Storage Driver") setField(found, "storageDriver", value, at);
  else if (key === "driver-type") setField(found, "storageDriverType", value, at);
  else if (key === "Cgroup Driver") setField(found, "cgroupDriver", value, at);
  else if (key === "Cgroup Version") setField(found, "cgroupVersion", value, at);
  else if (key === "Docker Root Dir") setField(found, "rootDir", value, at);
  else if (key === "Logging Driver") setField(found, "loggingDriver", value, at);
  else if (key === "Operating System") setField(found, "operatingSystem", value, at);
  else if (key === "Architecture") setField(found, "arch", value, at);
  else if (key === "OS/Arch" && !isClient) setField(found, "arch", value.split("/")[1], at);
  else if (key === "Kernel Version") setField(found, "kernelVersion", value, at);
  else if (key === "Total Memory") setField(found, "memoryBytes", parseSize(value), at);
  else if (key === "Live Restore Enabled") setField(found, "liveRestore", value === "true", at);
  else if (/^(?:Containers|Running|Stopped|Paused|Images)$/.test(key) && /^\d+$/.test(value)) {
    const name = `docker ${key.toLowerCase()}`;
    emit.fact("host.settings", given({ at, host: hostOf(segment), name, value }));
  }
}

function versionOf(value: string): string | undefined {
  return /^v?(\d[\w.+~-]*)/.exec(value)?.[1];
}
