// One container name, started by two mechanisms: each takes it away from the other.
import type { ConfigDocument } from "../../../model/config.ts";
import type { DockerContainer } from "../../../model/docker.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import { splitWords } from "../../../model/shell-words.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = [
  'The container name "{name}" is already in use by container',
  'the container name "{name}" is already in use by',
];
const patterns = texts.map(compilePattern);

interface Owner {
  readonly name: string;
  readonly host?: string;
  /** `compose file docker-compose.yml`, `systemd unit prometheus.service`, `Ansible task in site.yml`. */
  readonly what: string;
  readonly kind: "compose" | "unit" | "ansible";
  readonly at: Place;
}

export const rule = defineRule({
  id: "docker/two-owners",
  title: "One container has two owners that start it under the same name (systemd unit, compose, Ansible)",
  why: "A name exists once per engine. A systemd unit that runs `docker run --name X` beside a compose file or an Ansible task that owns X fails with `name is already in use` and restarts for ever, or removes the other's container (ExecStartPre=docker rm -f) and starts it with its own flags, mounts and network. Which of the two runs depends on who came last.",
  severity: "warning",
  component: "docker",
  layer: "state",
  nature: "cause",
  effect: "none",
  phase: "exec",
  needs: [],
  needsAny: ["docker.containers", "text.lines", "host.processes"],
  uses: ["config.documents", "ansible.files", "host.units"],
  texts,
  rivals: [
    {
      rule: "docker/published-port-taken",
      tellApart: "there the two have different names and want the same port",
    },
  ],
  decideWith:
    "grep -rl 'docker run' /etc/systemd/system; docker inspect -f '{{.Config.Labels}} {{.Created}}' CONTAINER; systemctl status UNIT",
  references: ["https://docs.docker.com/reference/cli/docker/container/run/#name"],
  check(facts) {
    const owners = [...unitOwners(facts), ...fileOwners(facts)];
    const findings = new Map<string, FindingDraft>();
    const named = byName(owners);
    for (const owner of owners) {
      const rival = named.get(owner.name)?.find((other) => isRival(owner, other));
      if (!rival || findings.has(owner.name)) continue;
      const unit = [owner, rival].find(({ kind }) => kind === "unit");
      const line = facts["text.lines"].findLast(
        (entry) => matches(patterns, entry) && entry.text.includes(owner.name),
      );
      const failing = facts["host.units"].find(
        (entry) =>
          unit?.what.endsWith(` ${entry.name}`) &&
          (/failed|auto-restart/.test(`${entry.active} ${entry.sub}`) || (entry.restarts ?? 0) > 3),
      );
      findings.set(owner.name, {
        subject: { kind: "component", id: owner.name },
        says: `Container ${owner.name} has two owners: ${owner.what} and ${rival.what} both start it under that name${line ? "; the second one is refused (name already in use)" : ""}`,
        proof: [
          owner.at,
          rival.at,
          ...(line ? [{ ...line.at, excerpt: line.text }] : []),
          ...(failing ? [failing.at] : []),
        ],
        certainty: "proven",
        ...(line || failing ? { severity: "critical" as const } : {}),
      });
    }
    if (findings.size > 0) return [...findings.values()];
    return fromText(facts);
  },
  fix: (finding) =>
    byHand(
      "Keep one owner: disable the systemd unit (systemctl disable --now UNIT) and let compose or Ansible own the container, with restart: unless-stopped; or remove the container from compose/Ansible",
      `Decide who owns ${finding.subject.id}`,
      "systemctl disable --now UNIT",
    ),
});

/** One of thousands of hosts is only compared with those of its name. */
function byName(owners: readonly Owner[]): ReadonlyMap<string, readonly Owner[]> {
  const named = new Map<string, Owner[]>();
  for (const owner of owners) {
    const list = named.get(owner.name);
    if (list) list.push(owner);
    else named.set(owner.name, [owner]);
  }
  return named;
}

function isRival(a: Owner, b: Owner): boolean {
  if (a === b || a.at.source === b.at.source) return false;
  if (a.host !== undefined && b.host !== undefined && a.host !== b.host) return false;
  // two compose files or playbooks may be variants of one another
  return a.kind !== b.kind && (a.kind === "unit" || b.kind === "unit" || a.host !== undefined);
}

type Seen = Pick<
  Facts,
  "docker.containers" | "config.documents" | "host.processes" | "ansible.files" | "text.lines" | "host.units"
>;

/** Units whose ExecStart is `docker run --name X`, also those that a playbook writes. */
function unitOwners(facts: Seen): Owner[] {
  const units = facts["host.processes"].flatMap((process): Owner[] => {
    const name = process.unit === undefined ? undefined : nameInCommand(process.argv);
    if (name === undefined || process.unit === undefined) return [];
    const host = process.host === undefined ? {} : { host: process.host };
    return [{ name, ...host, what: `systemd unit ${process.unit}`, kind: "unit", at: process.at }];
  });
  const written = facts["ansible.files"].flatMap((task): Owner[] => {
    if (!/\.service$/.test(task.path) || !task.content) return [];
    const start = /^\s*ExecStart=(.*(?:\\\n.*){0,60})/m.exec(task.content)?.[1]?.replace(/\\\n/g, " ");
    const name = start === undefined ? undefined : nameInCommand(splitWords(start));
    const unit = task.path.split("/").at(-1) ?? task.path;
    return name === undefined ? [] : [{ name, what: `systemd unit ${unit}`, kind: "unit", at: task.at }];
  });
  return [...units, ...written];
}

function nameInCommand(argv: readonly string[]): string | undefined {
  const program = argv[0]
    ?.replace(/^[-@!+:]+/, "")
    .split("/")
    .at(-1);
  if (!/^(?:docker|podman)$/.test(program ?? "") || !argv.slice(1, 3).includes("run")) return undefined;
  const index = argv.indexOf("--name");
  const name = index >= 0 ? argv[index + 1] : argv.find((word) => word.startsWith("--name="))?.slice(7);
  return name === undefined || /%|^\$/.test(name) ? undefined : normal(name);
}

function fileOwners(facts: Seen): Owner[] {
  const kinds = new Map(facts["config.documents"].map((document) => [document.at.source, document] as const));
  const declared = facts["docker.containers"].flatMap((container): DockerContainer[] =>
    container.origin === "declared" ? [container] : container.declared ? [container.declared] : [],
  );
  return declared.flatMap((container): Owner[] => {
    const kind = ownerKind(kinds.get(container.at.source), container);
    if (!kind) return [];
    const words = { compose: "the compose file", ansible: "the Ansible task in" }[kind];
    const host = container.host === undefined ? {} : { host: container.host };
    return [
      {
        name: normal(container.name),
        ...host,
        what: `${words} ${container.at.source}`,
        kind,
        at: container.at,
      },
    ];
  });
}

function ownerKind(
  document: ConfigDocument | undefined,
  container: DockerContainer,
): "compose" | "ansible" | undefined {
  if (document?.kind === "ansible-playbook") return "ansible";
  // without container_name compose builds a name that no unit uses
  return document?.kind === "compose" && container.service !== container.name ? "compose" : undefined;
}

/** Expressions of a template written with other blanks are the same name. */
function normal(name: string): string {
  return name.replace(/\{\{\s*(.*?)\s*\}\}/g, "{{$1}}");
}

function fromText(facts: Seen): FindingDraft[] {
  const line = facts["text.lines"].findLast((entry) => matches(patterns, entry));
  const name = line?.text.match(/container name \\?"?\/?([\w.-]+)/i)?.[1];
  if (!line || !name) return [];
  const owners = [...unitOwners(facts), ...fileOwners(facts)].filter((owner) => owner.name === name);
  const unit = /(\S+\.service|\S+)\[\d+\]:/.exec(line.text)?.[1];
  return [
    {
      subject: { kind: "component", id: name },
      says: `Container ${name} cannot be created: another container already has the name ${name} (${owners[0] ? `wanted by ${owners[0].what}` : unit ? `wanted by ${unit}` : "left over, or owned by somebody else"})`,
      proof: [{ ...line.at, excerpt: line.text }, ...owners.slice(0, 1).map(({ at }) => at)],
      certainty: "likely",
      severity: "critical",
      decideWith: `docker ps -a --filter name=^/${name}$ --format '{{.ID}} {{.Status}} {{.Labels}}'; grep -rl ${name} /etc/systemd/system`,
    },
  ];
}
