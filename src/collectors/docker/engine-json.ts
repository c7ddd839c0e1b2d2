// The engine as JSON (`docker info --format json`, `docker version --format json`) and podman's YAML-like `podman info`.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { headOf, hostOf, linesOf, placeOf } from "../lines.ts";
import {
  booleanOf,
  itemsOf,
  type JsonNode,
  memberOf,
  readLooseJson,
  stringOf,
  stringsOf,
} from "../loose-json.ts";
import type { Parser } from "../parser.ts";
import { emitEngine, type Found, setField } from "./engine-info.ts";

const telling = /"(?:ServerVersion|DockerRootDir|MinAPIVersion|CgroupDriver|DriverStatus)"\s*:/;

export const engineJson: Parser = {
  id: "docker-engine-json",
  reads: "docker info --format json, docker version --format json",
  provides: ["docker.engines", "host.versions"],
  recognise(segment) {
    const head = segment.text.slice(0, 65_536);
    return /^\s*\{/.test(head) && telling.test(head) ? 0.96 : 0;
  },
  parse(segment, emit) {
    emit.seen("docker.engines");
    for (const node of readLooseJson(segment.text).documents)
      emitEngine(readJson(node, segment), segment, emit);
  },
};

function readJson(node: JsonNode, segment: Segment): Found {
  const found: Found = { fieldsAt: {} };
  const server = memberOf(node, "Server") ?? node;
  const client = memberOf(node, "Client");
  const place = (child: JsonNode | undefined) => placeOf(segment, child?.line ?? node.line);
  const set = (key: Parameters<typeof setField>[1], child: JsonNode | undefined) => {
    const value = stringOf(child);
    if (value !== undefined) setField(found, key, value as never, place(child));
  };
  set("version", memberOf(server, "ServerVersion") ?? memberOf(server, "Version"));
  set("apiVersion", memberOf(server, "ApiVersion") ?? memberOf(server, "APIVersion"));
  set("minApiVersion", memberOf(server, "MinAPIVersion"));
  set("clientVersion", memberOf(client, "Version"));
  set("clientApiVersion", memberOf(client, "ApiVersion"));
  set("storageDriver", memberOf(server, "Driver"));
  set("cgroupDriver", memberOf(server, "CgroupDriver"));
  set("cgroupVersion", memberOf(server, "CgroupVersion"));
  set("rootDir", memberOf(server, "DockerRootDir"));
  set("loggingDriver", memberOf(server, "LoggingDriver"));
  set("operatingSystem", memberOf(server, "OperatingSystem"));
  set("arch", memberOf(server, "Architecture") ?? memberOf(server, "Arch"));
  set("kernelVersion", memberOf(server, "KernelVersion"));
  const status = itemsOf(memberOf(server, "DriverStatus")).find(
    (pair) => stringsOf(pair)[0] === "driver-type",
  );
  if (status) setField(found, "storageDriverType", stringsOf(status)[1], place(status));
  const options = memberOf(server, "SecurityOptions");
  if (options?.kind === "array") {
    const names = stringsOf(options).map((option) => option.replace(/^name=/, ""));
    setField(found, "securityOptions", names, place(options));
    setField(
      found,
      "rootless",
      names.some((name) => name.startsWith("rootless")),
      place(options),
    );
  }
  const live = memberOf(server, "LiveRestoreEnabled");
  setField(found, "liveRestore", booleanOf(live), place(live));
  return found;
}

const podmanLines = /^(?:host|store|version|registries|plugins):\s*$/;

export const podmanInfo: Parser = {
  id: "podman-info",
  reads: "podman info",
  provides: ["docker.engines", "host.versions"],
  recognise(segment) {
    const head = headOf(segment, 120);
    const own = head.filter((line) => podmanLines.test(line)).length;
    return own >= 1 &&
      head.some((line) =>
        /^\s{2}(?:buildahVersion|cgroupManager|conmon|graphDriverName|graphRoot):/.test(line),
      )
      ? 0.96
      : 0;
  },
  parse(segment, emit) {
    emit.seen("docker.engines");
    const found: Found = { fieldsAt: {}, isPodman: true };
    const path: { indent: number; key: string }[] = [];
    for (const line of linesOf(segment, 2_000)) {
      const pair = /^(\s*)([\w.-]{1,60}):\s*(.*)$/.exec(line.text);
      if (!pair) continue;
      const indent = pair[1]?.length ?? 0;
      while ((path.at(-1)?.indent ?? -1) >= indent) path.pop();
      path.push({ indent, key: pair[2] ?? "" });
      const value = (pair[3] ?? "").trim().replace(/^["'](.*)["']$/, "$1");
      const at = placeOf(segment, line.index);
      const name = path.map((step) => step.key).join(".");
      const field = podmanFields[name];
      if (field && value !== "") setField(found, field, value as never, at);
      else if (name === "host.security.rootless") setField(found, "rootless", value === "true", at);
      else if (name === "host.security.selinuxEnabled")
        emit.fact("host.settings", given({ at, host: hostOf(segment), name: "podman selinux", value }));
    }
    emitEngine(found, segment, emit);
  },
};

const podmanFields: Readonly<Record<string, Parameters<typeof setField>[1]>> = {
  "version.Version": "version",
  "version.APIVersion": "apiVersion",
  "host.arch": "arch",
  "host.cgroupManager": "cgroupDriver",
  "host.cgroupVersion": "cgroupVersion",
  "host.distribution.distribution": "operatingSystem",
  "host.kernel": "kernelVersion",
  "host.logDriver": "loggingDriver",
  "store.graphDriverName": "storageDriver",
  "store.graphRoot": "rootDir",
};
