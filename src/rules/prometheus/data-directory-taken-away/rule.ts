// Prometheus runs on the files it has, in a folder that was given to somebody else: nothing new can be made in it.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { readySince } from "../../../stack/ready-since.ts";
import { giveBack, handOver, judgeDirectory } from "../../data-directory-text.ts";

type Used = Pick<
  Facts,
  "host.files" | "kubernetes.claims" | "kubernetes.volumes" | "ansible.files" | "docker.engines"
>;

const image = /(?:^|\/)(?:prom|prometheus)\/prometheus(?:[:@]|$)/;
const groupMayWrite = 0o020;

export const rule = defineRule({
  id: "prometheus/data-directory-taken-away",
  title: "Prometheus runs in a data directory that it may not write to any more",
  why: "Files that are open, or that lie there already, can still be written, so nothing fails at once and even a restart works. Every two hours a block is made as a new folder in the data directory: that is refused, samples stay in memory and in a write-ahead log that only grows, and a Prometheus that starts with an empty directory does not start at all.",
  severity: "critical",
  component: "prometheus",
  layer: "permissions",
  nature: "cause",
  effect: "none",
  needs: ["host.files"],
  uses: ["kubernetes.claims", "kubernetes.volumes", "ansible.files", "docker.engines"],
  references: [
    "https://prometheus.io/docs/prometheus/latest/storage/#on-disk-layout",
    "https://github.com/prometheus/prometheus/issues/5976",
  ],
  decideWith: "stat -c '%u:%g %a %n' DATA_DIRECTORY   # on the node or host",
  check: (facts, stack) => stack.components.flatMap((component) => taken(component, facts)),
  fix(finding, facts, stack) {
    const component = stack.components.find(({ id }) => id === finding.component);
    if (!component) return undefined;
    const target = giveBack(finding, component, dataPath(component), facts);
    if (!target) return undefined;
    return {
      summary: `Give ${target.hostPath} back to ${target.uid}:${target.uid}`,
      risk: "safe",
      steps: [
        {
          do: "set-owner",
          title: `Owner of ${target.hostPath}`,
          ...target.host,
          path: target.hostPath,
          uid: target.uid,
          gid: target.uid,
          ...target.below,
        },
        ...handOver(target.hostPath, target.uid, facts),
      ],
    };
  },
});

function taken(component: Component, facts: Used): FindingDraft[] {
  if (component.kind !== "prometheus" || !runs(component) || !isUserKnown(component)) return [];
  if (isMapped(component, facts)) return [];
  const path = dataPath(component);
  if (!isMountedAt(component, path)) return [];
  const { directory, access } = judgeDirectory(component, path, facts);
  const { ownership, uid, hostPath } = directory;
  if (access?.allowed !== false || ownership?.by !== "observed") return [];
  // an access control list shows itself in the group bits, and may allow what they do not say
  if (ownership.mode === undefined || (ownership.mode & groupMayWrite) !== 0) return [];
  return [
    {
      subject: { kind: "component", id: component.id },
      component: component.id,
      says: `${component.name} runs as uid ${uid} in ${hostPath ?? path}, which belongs to ${ownership.uid}:${ownership.gid ?? "?"} with mode ${ownership.mode.toString(8).padStart(4, "0")}: it works with the files it has, and cannot make its next block there`,
      proof: [ownership.at, ...(directory.volumeAt ? [directory.volumeAt] : [])],
      certainty: "proven",
    },
  ];
}

function runs(component: Component): boolean {
  if (component.pods.length > 0) return readySince(component) !== undefined;
  const { docker } = component;
  return docker?.origin === "running" && /^(?:up|running)/i.test(docker.statusText ?? docker.state ?? "");
}

/** Other images run as other users. */
function isUserKnown({ container, pods, docker, image: name }: Component): boolean {
  if (container?.security?.runAsUser !== undefined) return true;
  if (pods.some(({ spec }) => spec?.security?.runAsUser !== undefined)) return true;
  if (docker?.user && /^\d+(?::\d+)?$/.test(docker.user)) return true;
  const isDefault = docker?.user === undefined || docker.user === "" || docker.user === "nobody";
  return isDefault && name !== undefined && image.test(name);
}

/** Numbers inside are not those outside where users are mapped. */
function isMapped({ host }: Component, facts: Used): boolean {
  return facts["docker.engines"].some(
    (engine) =>
      engine.host === host &&
      (engine.rootless === true ||
        (engine.securityOptions ?? []).some((option) => /userns|rootless/.test(option))),
  );
}

function dataPath({ args }: Component): string {
  const flag = args.find(({ text }) => /^--?storage\.tsdb\.path[= ]/.test(text));
  const path = flag?.text.replace(/^--?storage\.tsdb\.path[= ]/, "").replace(/\/+$/, "");
  return path?.startsWith("/") ? path : "/prometheus";
}

function isMountedAt({ container, docker }: Component, path: string): boolean {
  const mounts = container?.mounts?.map(({ mountPath }) => mountPath) ?? [];
  const targets = docker?.mounts?.map(({ target }) => target) ?? [];
  return [...mounts, ...targets].some((mount) => mount.replace(/\/+$/, "") === path);
}
