// The volume's file system or transport needs a program on the node that is not installed there.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

interface Helper {
  readonly test: RegExp;
  readonly what: string;
  readonly packages: string;
}

const helpers: readonly Helper[] = [
  {
    test: /iscsiadm|open-iscsi|iscsid/i,
    what: "iscsiadm (open-iscsi)",
    packages: "open-iscsi (RPM: iscsi-initiator-utils), and systemctl enable --now iscsid",
  },
  { test: /type nfs|nfs4?\b|mount\.nfs/i, what: "mount.nfs", packages: "nfs-common (RPM: nfs-utils)" },
  { test: /type cifs|mount\.cifs|smb/i, what: "mount.cifs", packages: "cifs-utils" },
  { test: /ceph|rbd/i, what: "the Ceph client", packages: "ceph-common" },
  { test: /glusterfs/i, what: "mount.glusterfs", packages: "glusterfs-client (RPM: glusterfs-fuse)" },
];

export const rule = textRule({
  id: "kubernetes/node-lacks-mount-program",
  title:
    "A volume cannot be mounted on a node because a program for it is not installed there (mount.nfs, iscsiadm, …)",
  why: "The kubelet and most storage drivers mount with the node's own tools. A node set up later, or a minimal image, lacks nfs-common, cifs-utils or open-iscsi; the pod stays in ContainerCreating there, while the same claim works on other nodes.",
  severity: "critical",
  component: "kubernetes",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "volume",
  from: "any",
  texts: [
    "you might need a /sbin/mount.{type} helper program",
    "need a /sbin/mount.{type} helper program",
    "failed to execute iscsiadm: No such file or directory",
    "iscsiadm{rest*}: executable file not found in $PATH",
    "unknown filesystem type '{type}'",
    "mount.{type}: command not found",
    "Please install the open-iscsi",
  ],
  says: ({ captures, lines, line }) => {
    const all = lines.map(({ text }) => text).join("\n");
    const helper = helperOf(`${captures.type ?? ""} ${all}`);
    const node = /\bnode (?!is\b|condition)([a-z0-9][\w.-]{1,62})/i.exec(line.text)?.[1];
    return `${node ? `Node ${node}` : "The node"} has no ${helper?.what ?? `mount helper for ${captures.type ?? "this file system"}`}: install ${helper?.packages ?? "the package that brings it"} on every node that may run the pod`;
  },
  rivals: [
    {
      rule: "kubernetes/volume-node-affinity-conflict",
      tellApart: "there the volume belongs to another node or zone",
    },
    {
      rule: "kubernetes/volume-still-attached",
      tellApart: "there the volume is attached elsewhere (Multi-Attach)",
    },
  ],
  decideWith: "kubectl describe pod POD | tail; on the node: which mount.nfs iscsiadm",
  references: [
    "https://longhorn.io/docs/latest/deploy/install/#installation-requirements",
    "https://kubernetes.io/docs/concepts/storage/volumes/#nfs",
  ],
  fix: (finding) =>
    byHand(
      `On every node: install ${helperOf(finding.says)?.packages ?? "the package with the mount helper"}; the kubelet tries again by itself`,
      "On the nodes",
      undefined,
      "safe",
    ),
});

function helperOf(text: string): Helper | undefined {
  return helpers.find(({ test }) => test.test(text));
}
