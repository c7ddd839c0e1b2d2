// Containers that a compose file declares or an engine runs: their versions, ports, data and names, so that they can be adopted.

import { imageOf, releases } from "../../model/compatibility.ts";
import type { DockerContainer, DockerMount } from "../../model/docker.ts";
import type { Component } from "../../model/stack.ts";
import { type DeployedKind, deployedKinds } from "../../model/stack-file.ts";
import { isServerKind } from "../resolve-components.ts";
import {
  type ComponentDraft,
  componentOf,
  hostOf,
  hostSeenAs,
  type ImportDraft,
  note,
  pinned,
  serverName,
} from "./draft.ts";
import { portOfText } from "./ports.ts";

/** `named`: container names that a compose file writes itself; other services get theirs from compose. */
export function importContainers(
  draft: ImportDraft,
  containers: readonly DockerContainer[],
  components: readonly Component[],
  named: ReadonlySet<string>,
): void {
  const kinds = new Map(components.flatMap((one) => (one.docker ? [[keyOf(one.docker), one] as const] : [])));
  for (const container of containers) {
    const component = kinds.get(keyOf(container));
    const kind = deployedKinds.find((one) => one === component?.kind);
    if (component && kind !== undefined) importContainer(draft, container, component, kind, named);
    else
      note(
        draft,
        container.at,
        `container ${container.name}${container.image === undefined ? "" : ` (${container.image})`}`,
        "it is no component that watchmend deploys; it stays as it is, and scrape: can name what it exposes",
      );
  }
}

/** What these containers do not have is not added behind anybody's back. */
export function disableAbsent(draft: ImportDraft): void {
  const absent = (["alertmanager", "loki", "grafana", "node-exporter", "cadvisor"] as const).filter(
    (kind) => !draft.components.has(kind),
  );
  for (const kind of absent) componentOf(draft, kind).enabled = false;
  if (absent.length > 0)
    note(
      draft,
      undefined,
      `no ${absent.join(", no ")}`,
      "nothing of the kind was found, so it stays switched off: enabled: true adds it",
    );
}

function keyOf(container: DockerContainer): string {
  return `${container.host ?? ""} ${container.name}`;
}

function importContainer(
  draft: ImportDraft,
  container: DockerContainer,
  component: Component,
  kind: DeployedKind,
  named: ReadonlySet<string>,
): void {
  const made = componentOf(draft, kind);
  const host = hostOf(draft, hostFor(draft, container, kind));
  const name = nameOf(container, named);
  if (name === undefined)
    note(
      draft,
      container.at,
      `the name of ${container.name}'s container`,
      "compose makes it from its project; write it under containers: of the host (docker ps shows it) to adopt it",
    );
  else host.containers = { ...host.containers, [kind]: name };
  importImage(draft, container, component, kind, made);
  importPort(draft, container, kind, made);
  importArguments(draft, container, kind, made);
  importEnvironment(draft, container, kind, made);
  importData(draft, container, kind, made);
  if (container.networkMode !== undefined && container.networkMode !== "host")
    note(
      draft,
      container.at,
      `network ${container.networkMode} of ${container.name}`,
      "all components use the host's own network, where other hosts reach them and they reach their neighbours",
    );
  if (container.memoryLimitBytes !== undefined && container.memoryLimitBytes > 0)
    made.resources = { memory: `${Math.round(container.memoryLimitBytes / 2 ** 20)}m` };
}

function nameOf(container: DockerContainer, named: ReadonlySet<string>): string | undefined {
  if (container.origin === "running" || container.service === undefined || named.has(container.name))
    return container.name;
  return container.project === undefined ? undefined : `${container.project}-${container.service}-1`;
}

function hostFor(draft: ImportDraft, container: DockerContainer, kind: DeployedKind): string {
  if (container.host !== undefined) {
    const name = hostSeenAs(draft, container.host);
    if (isServerKind(kind)) hostOf(draft, name).roles = ["server", "agent"];
    return name;
  }
  return serverName(draft);
}

function importImage(
  draft: ImportDraft,
  container: DockerContainer,
  component: Component,
  kind: DeployedKind,
  made: ComponentDraft,
): void {
  const version = pinned(component.version) ?? pinned(/:([^:/@]+)(?:@|$)/.exec(container.image ?? "")?.[1]);
  if (version === undefined) {
    note(
      draft,
      container.fieldsAt?.image ?? container.at,
      `image ${container.image ?? "?"} of ${container.name}`,
      `its tag pins no version: ${kind} ${releases[kind].pinned} is used; write what really runs (docker exec, or its log) to keep it`,
    );
    return;
  }
  made.version = version;
  const repository = container.image?.replace(/@.*$/, "").replace(/:[^:/]*$/, "") ?? "";
  const isUsual =
    /^(?:(?:docker\.io|quay\.io|ghcr\.io|gcr\.io)\/)?(?:prom|prometheus|grafana|cadvisor|google)\/[\w-]+$/.test(
      repository,
    );
  // What runs already is there; the same program from another registry would have to be fetched first.
  const isOther =
    container.origin === "running" && plainImage(container.image) !== plainImage(imageOf(kind, version));
  if (repository !== "" && (!isUsual || isOther) && container.image !== undefined)
    made.image = container.image;
}

function plainImage(image: string | undefined): string {
  return (image ?? "").replace(/^docker\.io\/(?:library\/)?/, "");
}

function importPort(
  draft: ImportDraft,
  container: DockerContainer,
  kind: DeployedKind,
  made: ComponentDraft,
): void {
  const listened = /--(?:web\.listen-address|port|server\.http\.listen-addr)=(?:\S*:)?(\d{1,5})(?=\s|$)/.exec(
    (container.args ?? []).join(" "),
  )?.[1];
  const inside = portOfText(listened ?? "");
  const usual = kind === "cadvisor" ? 8080 : releases[kind].port;
  const published = (container.ports ?? []).find(
    (one) => one.containerPort === (inside ?? usual) && one.hostPort !== undefined,
  );
  const port = published?.hostPort ?? inside ?? (container.networkMode === "host" ? usual : undefined);
  if (port === undefined) {
    if ((container.ports ?? []).length === 0 && container.networkMode !== "host")
      note(
        draft,
        container.at,
        `${container.name} publishes no port`,
        `on the host's own network it will listen on ${releases[kind].port}`,
      );
    return;
  }
  if (made.port !== undefined && made.port !== port)
    note(
      draft,
      container.at,
      `port ${port} of ${container.name}`,
      `${kind} has port ${made.port} elsewhere, and one port per component holds for all hosts`,
    );
  else if (port !== releases[kind].port) made.port = port;
}

/** Arguments that rendering sets itself, or that have become pointless. */
const ours =
  /^--?(?:config\.file|storage\.tsdb\.path|storage\.path|web\.listen-address|web\.enable-lifecycle|web\.console\.\w+|cluster\.listen-address|path\.(?:procfs|sysfs|rootfs)|port|listen_ip|docker_only|store_container_labels|whitelisted_container_labels|housekeeping_interval|max_housekeeping_interval|server\.http\.listen-addr|disable-reporting|collector\.(?:filesystem\.(?:mount-points-exclude|ignored-mount-points)|netclass\.ignored-devices|netdev\.device-exclude)|logtostderr)(?:=|$)/;

function importArguments(
  draft: ImportDraft,
  container: DockerContainer,
  kind: DeployedKind,
  made: ComponentDraft,
): void {
  const kept: string[] = [];
  const args = container.args ?? [];
  const at = container.argsAt ?? container.at;
  for (const arg of args) {
    const [, flag = "", value = ""] = /^--?([\w.-]+)=(.*)$/.exec(arg) ?? [];
    if (
      kind === "prometheus" &&
      flag === "storage.tsdb.retention.time" &&
      /^(?:\d+(?:ms|[ywdhms]))+$/.test(value)
    )
      made.retention = { ...made.retention, time: value };
    else if (
      kind === "prometheus" &&
      flag === "storage.tsdb.retention.size" &&
      /^\d+(?:B|KB|MB|GB|TB)$/.test(value)
    )
      made.retention = { ...made.retention, size: value };
    else if (ours.test(arg)) continue;
    else if (/(?:password|token|secret)[\w.-]*=/i.test(arg))
      note(
        draft,
        at,
        `argument ${arg.slice(0, arg.indexOf("=") + 1)}… of ${container.name}`,
        "it looks like a secret, and secrets are never copied",
      );
    else if (/^--?[\w.-]+(?:=\S*)?$/.test(arg) && (isServerKind(kind) || isCollector(kind, flag || arg)))
      kept.push(arg);
    else
      note(
        draft,
        at,
        `argument ${arg} of ${container.name}`,
        "rendering writes its own arguments for this component",
      );
  }
  if (kept.length > 0) made.args = [...new Set([...(made.args ?? []), ...kept])];
}

/** Which collectors run is the choice of whoever started it; the same holds on every host. */
function isCollector(kind: DeployedKind, flag: string): boolean {
  return kind === "node-exporter" && /^(?:--?)?(?:no-)?collector\.[\w.-]+$/.test(flag);
}

function importEnvironment(
  draft: ImportDraft,
  container: DockerContainer,
  kind: DeployedKind,
  made: ComponentDraft,
): void {
  for (const { at, name, value } of container.env ?? []) {
    if (kind === "grafana" && /^GF_SECURITY_ADMIN_PASSWORD(?:__FILE)?$/.test(name)) {
      made.admin_password = "${env:GRAFANA_ADMIN_PASSWORD}";
      note(
        draft,
        at,
        `the value of ${name}`,
        "secrets are never copied: set GRAFANA_ADMIN_PASSWORD when applying",
      );
    } else if (
      kind === "grafana" &&
      name === "GF_SERVER_ROOT_URL" &&
      value !== undefined &&
      /^https?:\/\/[^\s@]+$/.test(value)
    )
      made.root_url = value;
    else if (/^(?:PATH|HOME|HOSTNAME|GF_PATHS_\w+|GF_USERS_ALLOW_SIGN_UP|GF_SERVER_HTTP_\w+)$/.test(name))
      continue;
    else
      note(draft, at, `environment variable ${name} of ${container.name}`, "the model has no place for it");
  }
}

const dataTargets: Readonly<Partial<Record<DeployedKind, RegExp>>> = {
  prometheus: /^\/prometheus(?:\/data)?$/,
  alertmanager: /^\/alertmanager(?:\/data)?$/,
  loki: /^\/(?:loki|tmp\/loki|data)$/,
  grafana: /^\/var\/lib\/grafana$/,
  alloy: /^\/var\/lib\/alloy(?:\/data)?$/,
  // Where its positions lie: without them it would read every file again.
  promtail: /^\/(?:positions|tmp\/positions|(?:var\/lib|run|data)\/promtail|var\/promtail)(?:\/positions)?$/,
};

function importData(
  draft: ImportDraft,
  container: DockerContainer,
  kind: DeployedKind,
  made: ComponentDraft,
): void {
  const wanted = dataTargets[kind];
  const mount = (container.mounts ?? []).find((one) => wanted?.test(one.target));
  if (wanted === undefined) return;
  if (!mount) {
    note(
      draft,
      container.at,
      `data of ${container.name}`,
      "it lies on no mount, so it goes with the container; save it before that",
    );
    return;
  }
  const where = placeOf(container, mount);
  if (where === undefined)
    note(
      draft,
      mount.at,
      `data of ${container.name} in ${mount.source ?? "an anonymous volume"}`,
      "only an absolute path or a named volume can be kept; write it as data: of the component",
    );
  else made.data = where;
  if (
    where !== undefined &&
    !where.startsWith("/") &&
    container.origin === "declared" &&
    container.project === undefined
  )
    note(
      draft,
      mount.at,
      `volume ${where} of ${container.name}`,
      "compose puts the name of its project before it unless the volume has a name of its own: docker volume ls shows it",
    );
  if (kind === "loki" && mount.target !== "/loki")
    note(
      draft,
      mount.at,
      `Loki's data at ${mount.target} in its container`,
      "rendered configuration expects it at /loki, with the schema of 2024-04-01 on",
    );
}

/** Compose puts the project's name before its volumes. */
function placeOf(container: DockerContainer, mount: DockerMount): string | undefined {
  if (mount.type === "volume" && mount.name !== undefined)
    return container.origin === "declared" &&
      container.project !== undefined &&
      !mount.name.startsWith(`${container.project}_`)
      ? `${container.project}_${mount.name}`
      : mount.name;
  return mount.source?.startsWith("/") ? mount.source : undefined;
}
