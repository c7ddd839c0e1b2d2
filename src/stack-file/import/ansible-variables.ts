// Group and host variables of an inventory: what the model has a place for is carried over, the rest is listed.
import type { AnsibleHost } from "../../model/ansible.ts";
import type { ConfigDocument } from "../../model/config.ts";
import { isRecord, itemsOf, memberOf, textOf } from "../../model/json-value.ts";
import type { Place } from "../../model/place.ts";
import { type DeployedKind, deployedKinds } from "../../model/stack-file.ts";
import { componentOf, type ImportDraft, nameFrom, note, pinned } from "./draft.ts";
import { portOfText } from "./ports.ts";

interface Variable {
  readonly value: unknown;
  readonly at: Place;
}

export interface AnsibleVariables {
  /** As Ansible would resolve it for a host: host over group over all. */
  text(host: AnsibleHost, key: string): string | undefined;
  /** Variables that hold for everything, by name. */
  readonly shared: ReadonlyMap<string, Variable>;
}

/** `group_vars/all.yml`, `group_vars/web/x.yml`, `host_vars/one.yml`. */
const variableFile = /(?:^|\/)(group|host)_vars\/([^/]+?)(?:\.ya?ml|\.json)?(?:\/[^/]+)?$/;

export function ansibleVariables(
  hosts: readonly AnsibleHost[],
  documents: readonly ConfigDocument[],
): AnsibleVariables {
  const groups = new Map<string, Map<string, Variable>>();
  const perHost = new Map<string, Map<string, Variable>>();
  for (const doc of documents) {
    const [, kind, name = ""] = variableFile.exec(doc.path ?? doc.at.source) ?? [];
    if (kind === undefined || !isRecord(doc.value)) continue;
    const into = kind === "group" ? groups : perHost;
    const known = into.get(name) ?? new Map<string, Variable>();
    for (const [key, value] of Object.entries(doc.value)) {
      const line = doc.lines[`/${key}`] ?? doc.at.line;
      known.set(key, { value, at: { source: doc.at.source, ...(line === undefined ? {} : { line }) } });
    }
    into.set(name, known);
  }
  const shared = new Map<string, Variable>();
  for (const host of [...hosts].reverse())
    for (const [key, value] of Object.entries(host.vars))
      if (!key.startsWith("ansible_")) shared.set(key, { value, at: host.at });
  for (const [, variables] of perHost) for (const [key, one] of variables) shared.set(key, one);
  for (const [name, variables] of groups)
    if (name !== "all") for (const [key, one] of variables) shared.set(key, one);
  for (const [key, one] of groups.get("all") ?? []) if (!shared.has(key)) shared.set(key, one);
  return {
    shared,
    text: (host, key) =>
      textOf(perHost.get(host.name)?.get(key)?.value) ??
      host.vars[key] ??
      host.groups
        .map((group) => textOf(groups.get(group)?.get(key)?.value))
        .find((value) => value !== undefined) ??
      textOf(groups.get("all")?.get(key)?.value),
  };
}

type Apply = (draft: ImportDraft, variable: Variable, name: string) => boolean;

const kindOf = (word: string): DeployedKind | undefined => {
  const plain = word.replaceAll("_", "-");
  const known =
    plain === "nodeexporter" ? "node-exporter" : plain === "blackbox" ? "blackbox-exporter" : plain;
  return deployedKinds.find((kind) => kind === known);
};

const text = ({ value }: Variable): string => textOf(value) ?? "";
const isDuration = (value: string): boolean => /^(?:\d{1,6}(?:ms|[ywdhms]))+$/.test(value);

/** Variables the model has a place for. False: it has one, and this value does not fit. */
const known: readonly (readonly [pattern: RegExp, apply: Apply])[] = [
  [
    /^monitoring_home_dir$|^monitoring_dir$/,
    (draft, variable) => {
      if (!/^\/[^{}]*$/.test(text(variable))) return false;
      draft.directory = text(variable).replace(/\/+$/, "");
      return true;
    },
  ],
  [
    /^(.+)_version$/,
    (draft, variable, name) => {
      const kind = kindOf(name.replace(/_version$/, ""));
      const version = pinned(text(variable));
      if (kind === undefined || version === undefined) return false;
      componentOf(draft, kind).version = version;
      return true;
    },
  ],
  [
    /^(.+)_port$/,
    (draft, variable, name) => {
      const kind = kindOf(name.replace(/_port$/, ""));
      const port = portOfText(text(variable));
      if (kind === undefined || port === undefined) return false;
      componentOf(draft, kind).port = port;
      return true;
    },
  ],
  [/^monitoring_ports$/, applyPortMap],
  [
    /^prometheus_(?:data_)?(?:storage_)?retention(?:_time)?$/,
    (draft, variable) => {
      if (!isDuration(text(variable))) return false;
      componentOf(draft, "prometheus").retention = { time: text(variable) };
      return true;
    },
  ],
  [
    /^loki_retention(?:_period)?$/,
    (draft, variable) => {
      if (!isDuration(text(variable))) return false;
      componentOf(draft, "loki").retention = { time: text(variable) };
      return true;
    },
  ],
  [
    /^prometheus_(scrape|evaluation)_interval$/,
    (draft, variable, name) => {
      if (!isDuration(text(variable))) return false;
      const prometheus = componentOf(draft, "prometheus");
      if (name.includes("scrape")) prometheus.scrape_interval = text(variable);
      else prometheus.evaluation_interval = text(variable);
      return true;
    },
  ],
  [
    /^grafana_(?:admin_)?password$/,
    (draft, variable) => {
      componentOf(draft, "grafana").admin_password = "${env:GRAFANA_ADMIN_PASSWORD}";
      note(
        draft,
        variable.at,
        "the value of grafana_admin_password",
        "secrets are never copied: set GRAFANA_ADMIN_PASSWORD when applying",
      );
      return true;
    },
  ],
  [
    /^(.+)_enabled$/,
    (draft, variable, name) => {
      const kind = kindOf(name.replace(/_enabled$/, ""));
      if (kind === undefined || !/^(?:true|yes|false|no)$/i.test(text(variable))) return false;
      if (/^(?:false|no)$/i.test(text(variable))) componentOf(draft, kind).enabled = false;
      return true;
    },
  ],
  [/^jenkins_teams(?:_config)?$/, applyJenkinsTeams],
  // Read with the hosts.
  [/^(?:host_fqdn|monitoring_use_fqdn|ansible_.*)$/, () => true],
];

function applyPortMap(draft: ImportDraft, { value, at }: Variable): boolean {
  if (!isRecord(value)) return false;
  for (const [word, one] of Object.entries(value)) {
    const kind = kindOf(word);
    const port = portOfText(textOf(one) ?? "");
    if (kind === undefined || port === undefined)
      note(draft, at, `port ${textOf(one) ?? ""} of ${word}`, "no component of that name");
    else componentOf(draft, kind).port = port;
  }
  return true;
}

/** One job per team and colour: the green Jenkins of a team listens 100 above the blue one. */
function applyJenkinsTeams(draft: ImportDraft, { value, at }: Variable): boolean {
  if (!Array.isArray(value)) return false;
  for (const team of itemsOf(value)) {
    const name = textOf(memberOf(team, "team_name") ?? memberOf(team, "name"));
    const port = portOfText(textOf(memberOf(memberOf(team, "ports"), "web")) ?? "");
    if (name === undefined || port === undefined) {
      note(draft, at, `a team of Jenkins without name or web port`, "nothing says where it listens");
      continue;
    }
    const colours = memberOf(team, "blue_green_enabled") === false ? ["blue"] : ["blue", "green"];
    for (const colour of colours)
      draft.scrape.push({
        job: `jenkins-${nameFrom(name)}${colours.length === 1 ? "" : `-${colour}`}`,
        hosts: { role: "jenkins-vm" },
        port: colour === "green" ? port + 100 : port,
        path: "/prometheus/",
        labels: { team: name, ...(colours.length === 1 ? {} : { environment: colour }) },
      });
    if (colours.length === 2)
      note(
        draft,
        at,
        `active_environment of team ${name}`,
        "both colours are scraped; which one is active changes without a deployment",
      );
  }
  return true;
}

const aboutMonitoring =
  /^(?:monitoring|prometheus|grafana|loki|alertmanager|node_exporter|cadvisor|promtail|alloy|blackbox|jenkins_teams|log_sources|teams_notification|dashboard)/;

export function applyVariables(
  draft: ImportDraft,
  hosts: readonly AnsibleHost[],
  variables: AnsibleVariables,
): void {
  const foreign: string[] = [];
  for (const [name, variable] of variables.shared) {
    const entry = known.find(([pattern]) => pattern.test(name));
    if (entry?.[1](draft, variable, name)) continue;
    if (aboutMonitoring.test(name))
      note(
        draft,
        variable.at,
        `variable ${name}${shown(variable.value)}`,
        because(variable.value, entry !== undefined),
      );
    else foreign.push(name);
  }
  if (foreign.length > 0)
    note(
      draft,
      undefined,
      `${foreign.length} variables that say nothing about monitoring: ${foreign.slice(0, 40).join(", ")}${foreign.length > 40 ? ", …" : ""}`,
      "the model has no place for them",
    );
  const hasJenkins = hosts.some((host) => host.groups.some((group) => /^jenkins/i.test(group)));
  if (hasJenkins && !draft.scrape.some((job) => job.job.startsWith("jenkins"))) {
    draft.scrape.push({ job: "jenkins", hosts: { role: "jenkins-vm" }, port: 8080, path: "/prometheus/" });
    note(
      draft,
      undefined,
      "job jenkins on port 8080",
      "assumed: the inventory names Jenkins hosts and no ports",
    );
  }
}

function because(value: unknown, hasPlace: boolean): string {
  if (typeof value === "string" && value.includes("{{"))
    return "it is a template that only Ansible can resolve";
  if (textOf(value) === "latest") return "it pins no version: the tested one is used";
  return hasPlace ? "its value does not fit" : "the model has no place for it";
}

function shown(value: unknown): string {
  const plain = textOf(value);
  return plain === undefined || plain.length > 60 || /[\n]/.test(plain) ? "" : ` = ${plain}`;
}
