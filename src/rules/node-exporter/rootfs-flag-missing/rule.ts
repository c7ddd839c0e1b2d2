// In a container without the host's root mounted and named, the file system collector measures the container.

import type { Sample } from "../../../model/api.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Disk } from "../../../model/host.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeArguments } from "../../change-container.ts";

export const rule = defineRule({
  id: "node-exporter/rootfs-flag-missing",
  title:
    "node-exporter runs in a container without --path.rootfs and a mount of the host's /: it reports the container's file systems",
  why: "The exporter reads /proc and statfs of the mount namespace it runs in. Without `/:/host:ro,rslave` and `--path.rootfs=/host` (with a mount of the host's /proc and /sys in older set-ups) that is the container: disk panels show overlay, /etc/hosts and /etc/resolv.conf, and the host's disks are missing.",
  severity: "warning",
  component: "node-exporter",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  needs: [],
  needsAny: [
    "docker.containers",
    "metrics.samples",
    "config.documents",
    "kubernetes.workloads",
    "kubernetes.pods",
  ],
  uses: ["kubernetes.objects", "host.disks"],
  rivals: [
    {
      rule: "node-exporter/network-namespace-of-container",
      tellApart: "that is about the network counters; file systems are right there",
    },
  ],
  decideWith:
    "docker inspect -f '{{.Args}} {{.HostConfig.Binds}}' NODE_EXPORTER; curl -s HOST:9100/metrics | grep ^node_filesystem_size",
  references: [
    "https://github.com/prometheus/node_exporter#docker",
    "https://github.com/prometheus/node_exporter/issues/1585",
  ],
  check({ "metrics.samples": samples = [], "host.disks": disks }, stack) {
    const fromFlags = stack.components.flatMap((component) => flagFinding(component, samples, disks));
    if (fromFlags.length > 0) return fromFlags;
    const mounts = samples.filter((sample) =>
      /^node_filesystem_(size|avail|free)(_bytes)?$/.test(sample.name),
    );
    const points = new Set(mounts.map((sample) => sample.labels.mountpoint ?? ""));
    const inner = mounts.find((sample) =>
      /^\/etc\/(hosts|hostname|resolv\.conf)$/.test(sample.labels.mountpoint ?? ""),
    );
    const hasHost = [...points].some((point) =>
      /^\/(boot|home|var|data|srv|mnt|opt|host|rootfs)/.test(point),
    );
    if (!inner || hasHost) return [];
    const exporter = stack.components.find((component) => component.kind === "node-exporter");
    return [
      {
        subject: { kind: "component", id: exporter?.id ?? "node-exporter" },
        ...(exporter ? { component: exporter.id } : {}),
        says: `node_filesystem_* shows mountpoint ${inner.labels.mountpoint}, a file of a container, and no disk of the host: node-exporter lacks --path.rootfs=/host with the host's / mounted there`,
        proof: [inner.at],
        certainty: "likely",
      },
    ];
  },
  fix: (finding, facts, stack) =>
    repair(
      "Name the mount of the host's root",
      "disruptive",
      rootOf(finding.says)
        ? changeArguments(ownerOf(finding, stack), facts, "Name the mount of the host's root", {
            is: (word) => /^--?path\.rootfs=/.test(word),
            to: () => `--path.rootfs=${rootOf(finding.says)}`,
            add: [`--path.rootfs=${rootOf(finding.says)}`],
            mayBegin: true,
          })
        : [],
    ) ??
    byHand(
      'Mount the host\'s root and name it: volumes: ["/:/host:ro,rslave"], command: ["--path.rootfs=/host"], pid: host, network_mode: host',
      "In the compose file or docker run line, then recreate the container",
    ),
});

interface View {
  readonly at: Place;
  readonly args: readonly string[];
  /** Paths inside the container below which parts of the host's tree are mounted: host path to inner path. */
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
}

function flagFinding(
  component: Component,
  samples: readonly Sample[],
  disks: readonly Disk[],
): FindingDraft[] {
  if (component.kind !== "node-exporter") return [];
  const view = viewOf(component);
  if (!view) return [];
  const flag = (name: string) =>
    view.args
      .map((arg) => arg.match(new RegExp(`^--?path\\.${name}[= ]?(.*)$`))?.[1])
      .find((value) => value !== undefined);
  const root = view.mounts.find((mount) => mount.source === "/");
  const rootfs = flag("rootfs");
  // the widespread form of tutorials: only proc and sys of the host, the root file system through an exclude list
  if (rootfs === undefined && flag("procfs") !== undefined && root) {
    const isOld = view.args.some((arg) => /ignored-mount-points|mount-points-exclude/.test(arg));
    if (isOld) return [tutorialFinding(component, view, root.target, samples, disks)];
  }
  if (rootfs !== undefined && (!root || samePath(root.target, rootfs)))
    return root ? [] : missingMount(component, view, rootfs);
  const problem =
    rootfs === undefined
      ? root
        ? `the host's / is mounted at ${root.target}, but the flag --path.rootfs=${root.target} is missing`
        : "the flag --path.rootfs=/host and the mount of the host's / are missing"
      : `--path.rootfs=${rootfs}, but the host's / is mounted at ${root?.target}`;
  return [finding(component, view, problem)];
}

/** Mount points are the host's, read from its /proc; their sizes are those of the container's own tree. */
function tutorialFinding(
  component: Component,
  view: View,
  target: string,
  samples: readonly Sample[],
  disks: readonly Disk[],
): FindingDraft {
  const base = finding(
    component,
    view,
    `the host's / is mounted at ${target}, but the flag --path.rootfs=${target} is missing`,
  );
  const sizes = samples.filter(({ name }) => /^node_filesystem_size(?:_bytes)?$/.test(name));
  const pairs = sizes.flatMap((sample) => {
    const disk = disks.find(
      ({ mount, unit, container }) =>
        mount === sample.labels.mountpoint && unit === "bytes" && container === undefined,
    );
    return disk?.size ? [{ sample, disk, size: disk.size }] : [];
  });
  const wrong = pairs.find(({ sample, size }) => Math.abs(sample.value - size) > size * 0.1);
  if (wrong)
    return {
      ...base,
      says: `${base.says}: node_filesystem_size_bytes of ${wrong.disk.mount} is ${giga(wrong.sample.value)}, df on the host says ${giga(wrong.size)}`,
      proof: [...base.proof, wrong.sample.at, wrong.disk.at],
    };
  // sizes of one disk only may come out right: nothing shows that they do not
  return sizes.length > 0 && pairs.length === 0
    ? { ...base, certainty: "likely" }
    : { ...base, severity: "notice" };
}

function giga(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function missingMount(component: Component, view: View, rootfs: string): FindingDraft[] {
  const covers = view.mounts.some(
    (mount) => mount.target === rootfs || mount.target.startsWith(`${rootfs.replace(/\/$/, "")}/`),
  );
  return covers || rootfs === "/"
    ? []
    : [finding(component, view, `--path.rootfs=${rootfs} names a path where the host's / is not mounted`)];
}

function finding(component: Component, view: View, problem: string): FindingDraft {
  return {
    subject: { kind: "component", id: component.id },
    component: component.id,
    says: `${component.name}: ${problem}, so node_filesystem_* describes the container and not the host's disks`,
    proof: [view.at],
    certainty: "proven",
  };
}

function viewOf(component: Component): View | undefined {
  const docker = component.docker?.mounts ? component.docker : component.docker?.declared;
  if (docker?.mounts) {
    const args = docker.args ?? component.docker?.args ?? component.docker?.declared?.args;
    // a complete description shows its command; a table or a piece of inspect may not
    if (args === undefined && docker.origin !== "declared") return undefined;
    return {
      at: docker.argsAt ?? docker.at,
      args: args ?? [],
      mounts: docker.mounts.flatMap((mount) =>
        mount.source === undefined ? [] : [{ source: mount.source, target: mount.target }],
      ),
    };
  }
  if (docker?.origin === "declared")
    return { at: docker.argsAt ?? docker.at, args: docker.args ?? [], mounts: [] };
  return undefined;
}

function samePath(a: string, b: string): boolean {
  return a.replace(/\/$/, "") === b.replace(/\/$/, "");
}

/** Where the finding has seen the host's root inside the container. */
function rootOf(says: string): string | undefined {
  return /the host's \/ is mounted at (\/[^\s,]*)/.exec(says)?.[1];
}
