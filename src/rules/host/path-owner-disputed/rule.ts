// Two places set different owners of one path: whoever runs last decides who may write.
import type { AnsibleFileTask } from "../../../model/ansible.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Container, PodSpec } from "../../../model/kubernetes.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const refusals = ["permission denied", "operation not permitted"];
const patterns = refusals.map(compilePattern);

/** Somebody who makes `owner` the owner of `path`. */
interface Claimant {
  readonly path: string;
  readonly owner: string;
  readonly recurse: boolean;
  /** `task "Data folder" of site.yml`, `init container chown of StatefulSet loki`. */
  readonly who: string;
  readonly hosts?: string;
  readonly at: Place;
}

export const rule = defineRule({
  id: "host/path-owner-disputed",
  title: "Two playbooks, roles or init containers set different owners of the same path",
  why: "Each run puts its own owner back, so the program that needs the path works until the other one runs. An init container repairs the owner once per pod; a playbook that runs afterwards takes the directory away from the running pod, and a container restart does not run the init container again.",
  severity: "warning",
  component: "host",
  layer: "permissions",
  nature: "cause",
  effect: "none",
  needs: [],
  needsAny: ["ansible.files", "kubernetes.workloads", "kubernetes.pods"],
  uses: ["kubernetes.volumes", "kubernetes.claims", "text.lines"],
  texts: refusals,
  decideWith: "grep -rnE 'owner:|chown' PLAYBOOKS MANIFESTS; stat -c '%u:%g %a %n' PATH",
  references: [
    "https://docs.ansible.com/ansible/latest/collections/ansible/builtin/file_module.html",
    "https://kubernetes.io/docs/concepts/workloads/pods/init-containers/",
  ],
  check(facts) {
    const claimants = [...fromTasks(facts["ansible.files"]), ...fromInitContainers(facts)];
    // where the dispute has struck, the rule about the refused directory names both of them
    const hasStruck = facts["text.lines"].some((line) => matches(patterns, line));
    const found = new Map<string, FindingDraft>();
    for (const [index, one] of claimants.entries()) {
      const other = claimants.slice(index + 1).find((candidate) => disputes(one, candidate));
      if (!other || found.has(one.path)) continue;
      const path = one.path.length >= other.path.length ? one.path : other.path;
      found.set(one.path, {
        subject: { kind: "file", id: path },
        says: `The owner of ${path} is disputed: ${one.who} gives ${one.path}${one.recurse ? " (recursively)" : ""} to ${one.owner}, ${other.who} gives ${other.path}${other.recurse ? " (recursively)" : ""} to ${other.owner}; who runs last decides`,
        proof: [one.at, other.at],
        certainty: "proven",
        ...(hasStruck ? { severity: "notice" as const } : {}),
      });
    }
    return [...found.values()];
  },
  fix: (finding) =>
    byHand(
      `Let one place own ${finding.subject.id}: remove owner and group from the other task, or give the same numeric uid in both (Prometheus 65534, Loki 10001, Grafana 472)`,
      "In the playbook or manifest that should not own it",
      undefined,
      "safe",
    ),
});

function fromTasks(tasks: readonly AnsibleFileTask[]): Claimant[] {
  return tasks.flatMap((task): Claimant[] => {
    const { owner, path } = task;
    if (owner === undefined || owner.includes("{{") || !/^(?:\/|\{\{)/.test(path)) return [];
    return [
      {
        path,
        owner: numberOf(owner),
        recurse: task.recurse === true,
        who: `${task.name ? `task "${task.name}"` : `a ${task.module} task`} of ${task.at.source}`,
        at: task.ownerAt ?? task.at,
        ...(task.hosts === undefined ? {} : { hosts: task.hosts }),
      },
    ];
  });
}

function fromInitContainers(
  facts: Pick<Facts, "kubernetes.workloads" | "kubernetes.pods" | "kubernetes.volumes" | "kubernetes.claims">,
): Claimant[] {
  const owners = [
    ...facts["kubernetes.workloads"].map((item) => ({
      item,
      kind: item.kind as string,
      claims: (volume: string) =>
        (item.volumeClaimTemplates ?? [])
          .filter(({ name }) => name === volume)
          .map(({ name }) => `${name}-${item.name}-0`),
    })),
    ...facts["kubernetes.pods"]
      .filter((pod) => pod.ownerName === undefined)
      .map((item) => ({ item, kind: "Pod", claims: (): string[] => [] })),
  ];
  return owners.flatMap(({ item, kind, claims }) =>
    (item.spec?.containers ?? [])
      .filter((container) => container.init)
      .flatMap((container) =>
        chownsOf(container).flatMap(({ path, owner, recurse }): Claimant[] => {
          const hostPath = item.spec && hostPathOf(item.spec, container, path, claims, facts);
          if (hostPath === undefined) return [];
          const who = `init container ${container.name} of ${kind} ${item.name}`;
          return [{ path: hostPath, owner: numberOf(owner), recurse, who, at: container.at }];
        }),
      ),
  );
}

function chownsOf(container: Container): { path: string; owner: string; recurse: boolean }[] {
  const text = [...(container.command ?? []), ...(container.args ?? [])].join(" ").slice(0, 8_000);
  return [...text.matchAll(/\bchown\s+((?:-\w+\s+)*)([\w.-]+)(?::[\w.-]*)?\s+(\/[\w./-]*)/g)].map(
    (match) => ({
      path: trim(match[3] ?? ""),
      owner: match[2] ?? "",
      recurse: /R/.test(match[1] ?? ""),
    }),
  );
}

function hostPathOf(
  spec: PodSpec,
  container: Container,
  path: string,
  claims: (volume: string) => readonly string[],
  facts: Pick<Facts, "kubernetes.volumes" | "kubernetes.claims">,
): string | undefined {
  const [mount] = (container.mounts ?? [])
    .filter(({ mountPath }) => path === trim(mountPath) || path.startsWith(`${trim(mountPath)}/`))
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  if (!mount) return undefined;
  const volume = spec.volumes.find(({ name }) => name === mount.name);
  const names = [
    ...(volume?.type === "persistentVolumeClaim" && volume.ref ? [volume.ref] : []),
    ...claims(mount.name),
  ];
  const bound = facts["kubernetes.claims"].find(({ name }) => names.includes(name))?.volume;
  const base =
    volume?.type === "hostPath"
      ? volume.ref
      : facts["kubernetes.volumes"].find(
          (candidate) =>
            (candidate.type === "hostPath" || candidate.type === "local") &&
            (candidate.name === bound || names.includes(candidate.claimRef?.name ?? "")),
        )?.path;
  if (base === undefined) return undefined;
  return trim(
    `${trim(base)}${mount.subPath ? `/${mount.subPath}` : ""}${path.slice(trim(mount.mountPath).length)}`,
  );
}

function disputes(one: Claimant, other: Claimant): boolean {
  if (one.at.source === other.at.source || !differ(one.owner, other.owner)) return false;
  if (one.hosts !== undefined && other.hosts !== undefined && !mayOverlap(one.hosts, other.hosts))
    return false;
  if (one.path === other.path) return true;
  return (
    (one.recurse && other.path.startsWith(`${one.path}/`)) ||
    (other.recurse && one.path.startsWith(`${other.path}/`))
  );
}

/** A name and a number may be the same user; root and the names of other programs are not. */
function differ(a: string, b: string): boolean {
  if (a === b) return false;
  const isNumber = (text: string) => /^\d+$/.test(text);
  return isNumber(a) === isNumber(b) || a === "0" || b === "0";
}

function mayOverlap(a: string, b: string): boolean {
  return a === b || /\ball\b|[*:,{]|localhost/.test(`${a} ${b}`);
}

function numberOf(owner: string): string {
  return owner === "root" ? "0" : owner;
}

function trim(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
