// Services of a compose file as declared containers, in the shape that inspect and ps give for running ones.
import type { ConfigDocument } from "../model/config.ts";
import type { DockerContainer } from "../model/docker.ts";
import { parseMemory } from "../model/docker-text.ts";
import { given } from "../model/given.ts";
import type { Place } from "../model/place.ts";
import { splitWords } from "../model/shell-words.ts";
import { composeMounts } from "./compose-mounts.ts";
import { composePorts } from "./compose-ports.ts";
import {
  asList,
  asRecord,
  asText,
  interpolate,
  type JsonRecord,
  pairsOf,
  type Spot,
  spotOf,
} from "./compose-values.ts";

const notServices = new Set([
  "version",
  "name",
  "networks",
  "volumes",
  "configs",
  "secrets",
  "services",
  "include",
  "models",
]);
const serviceKeys = [
  "image",
  "build",
  "command",
  "ports",
  "volumes",
  "container_name",
  "environment",
  "network_mode",
  "networks",
  "restart",
  "depends_on",
];

/** Every service of a compose document; also of a fragment whose services stand at the top, or that is one service's body. */
export function composeContainers(document: ConfigDocument): DockerContainer[] {
  const root = asRecord(document.value);
  if (!root) return [];
  const spot = spotOf(document);
  const services = asRecord(root.services);
  if (services) return servicesIn(services, spot.below("services"), root, document);
  if (isService(root)) {
    const name = asText(root.container_name) ?? shortImage(asText(root.image));
    return name === undefined ? [] : [containerOf(undefined, name, root, spot, root, document)];
  }
  return servicesIn(root, spot, root, document);
}

function servicesIn(
  services: JsonRecord,
  spot: Spot,
  root: JsonRecord,
  document: ConfigDocument,
): DockerContainer[] {
  return Object.entries(services).flatMap(([key, value]) => {
    const service = asRecord(value);
    const isFragment = services === root;
    if (!service || key.startsWith("x-") || (isFragment && (notServices.has(key) || !isService(service))))
      return [];
    return [
      containerOf(key, asText(service.container_name) ?? key, service, spot.below(key), root, document),
    ];
  });
}

function isService(value: JsonRecord): boolean {
  const own = serviceKeys.filter((key) => key in value).length;
  return ("image" in value && typeof value.image === "string") || own >= 2;
}

function shortImage(image: string | undefined): string | undefined {
  return image?.split("/").at(-1)?.split(/[:@]/)[0];
}

function containerOf(
  service: string | undefined,
  name: string,
  body: JsonRecord,
  spot: Spot,
  root: JsonRecord,
  document: ConfigDocument,
): DockerContainer {
  const logging = asRecord(body.logging);
  const limits = asRecord(asRecord(asRecord(body.deploy)?.resources)?.limits);
  const memory = asText(limits?.memory) ?? asText(body.mem_limit);
  const networks = networksOf(body.networks, root);
  const mode = asText(body.network_mode) ?? asText(body.net);
  const entrypoint = wordsOf(body.entrypoint);
  const args = wordsOf(body.command);
  return given({
    at: spot.at,
    origin: "declared" as const,
    host: document.host,
    name,
    service,
    project: asText(root.name),
    image: asText(body.image),
    user: asText(body.user),
    entrypoint,
    args,
    argsAt: args ? spot.below("command").at : undefined,
    env: environmentOf(body.environment, spot.below("environment")),
    ports: "ports" in body ? composePorts(body.ports, spot.below("ports")) : [],
    networkMode: mode ?? networks[0]?.name,
    networks: mode === undefined ? networks : undefined,
    mounts: composeMounts(body, spot, root, document.path),
    privileged: booleanOf(body.privileged),
    pidMode: asText(body.pid),
    usernsMode: asText(body.userns_mode),
    securityOpt: textsOf(body.security_opt),
    extraHosts: extraHostsOf(body.extra_hosts),
    capAdd: textsOf(body.cap_add),
    groupAdd: textsOf(body.group_add),
    devices: textsOf(body.devices),
    logDriver: asText(logging?.driver) ?? asText(body.log_driver),
    logOptions: logging?.options === undefined ? undefined : Object.fromEntries(pairsOf(logging.options)),
    healthcheck: healthcheckOf(asRecord(body.healthcheck)),
    labels: body.labels === undefined ? undefined : Object.fromEntries(pairsOf(body.labels)),
    restartPolicy: asText(body.restart) ?? asText(asRecord(asRecord(body.deploy)?.restart_policy)?.condition),
    memoryLimitBytes: memory === undefined ? undefined : parseMemory(memory),
    fieldsAt: fieldsAtOf(body, spot),
  });
}

const fieldKeys: Readonly<Record<string, string>> = {
  image: "image",
  user: "user",
  networkMode: "network_mode",
  networks: "networks",
  ports: "ports",
  mounts: "volumes",
  privileged: "privileged",
  pidMode: "pid",
  extraHosts: "extra_hosts",
  capAdd: "cap_add",
  groupAdd: "group_add",
  securityOpt: "security_opt",
  logDriver: "logging",
  healthcheck: "healthcheck",
  restartPolicy: "restart",
  memoryLimitBytes: "mem_limit",
  env: "environment",
};

function fieldsAtOf(body: JsonRecord, spot: Spot): Record<string, Place> {
  const fields: Record<string, Place> = {};
  for (const [field, key] of Object.entries(fieldKeys)) if (key in body) fields[field] = spot.below(key).at;
  return fields;
}

/** A string is split as a shell would; both forms may hold `$$` for a dollar sign. */
function wordsOf(value: unknown): string[] | undefined {
  if (typeof value === "string") return splitWords(interpolate(value).replace(/\n/g, " "));
  const list = asList(value);
  return list?.flatMap((item) => asText(item) ?? []);
}

function textsOf(value: unknown): string[] | undefined {
  const list = asList(value);
  return list && list.length > 0 ? list.flatMap((item) => asText(item) ?? []) : undefined;
}

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  return value === "true" ? true : value === "false" ? false : undefined;
}

function environmentOf(value: unknown, spot: Spot): DockerContainer["env"] | undefined {
  const list = asList(value);
  if (list) {
    return list.flatMap((item, i) => {
      const text = asText(item);
      if (text === undefined) return [];
      const equals = text.indexOf("=");
      const { at } = spot.below(i);
      return [
        equals === -1
          ? { at, name: text }
          : { at, name: text.slice(0, equals), value: text.slice(equals + 1) },
      ];
    });
  }
  const record = asRecord(value);
  if (!record) return undefined;
  return Object.entries(record).map(([name, item]) =>
    given({ at: spot.below(name).at, name, value: asText(item) }),
  );
}

/** Names as the engine will know them: the top-level `networks` may rename a key. Without any, the project's default network. */
function networksOf(
  value: unknown,
  root: JsonRecord,
): { name: string; ip?: string; aliases?: readonly string[] }[] {
  const declared = asRecord(root.networks);
  const realName = (key: string) => asText(asRecord(declared?.[key])?.name) ?? key;
  const list = asList(value);
  if (list) return list.flatMap((item) => asText(item) ?? []).map((key) => ({ name: realName(key) }));
  const record = asRecord(value);
  if (!record || Object.keys(record).length === 0) return [{ name: realName("default") }];
  return Object.entries(record).map(([key, item]) => {
    const options = asRecord(item);
    return given({
      name: realName(key),
      ip: asText(options?.ipv4_address) ?? asText(options?.ipv6_address),
      aliases: textsOf(options?.aliases),
    });
  });
}

function extraHostsOf(value: unknown): string[] | undefined {
  const list = textsOf(value);
  if (list) return list;
  const record = asRecord(value);
  return record && Object.entries(record).map(([name, address]) => `${name}:${asText(address) ?? ""}`);
}

function healthcheckOf(value: JsonRecord | undefined): string[] | undefined {
  if (!value) return undefined;
  if (value.disable === true) return ["NONE"];
  if (typeof value.test === "string") return ["CMD-SHELL", interpolate(value.test)];
  return textsOf(value.test);
}
