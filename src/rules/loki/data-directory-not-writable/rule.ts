// A folder of Loki's data belongs to somebody else: uid 10001 is refused on an absolute path.
import { confirmNotWritable, giveBack, judgeDirectory, startAgain } from "../../data-directory-text.ts";
import { imageOwnsAsRoot } from "../../loki-image.ts";
import type { TextHit } from "../../text-hit.ts";
import { textRule } from "../../text-rule.ts";

const texts = ["mkdir /{path}: permission denied", "open /{path}: permission denied"];

export const rule = textRule({
  id: "loki/data-directory-not-writable",
  title: "Loki's data directory is not writable for uid 10001",
  why: "The image runs as uid 10001 (since 2.0). A bind mount that Docker created, or a volume without fsGroup, belongs to root: Loki cannot create chunks, wal, rules or compactor below it and exits. fsGroup is not applied to hostPath volumes.",
  severity: "critical",
  component: "loki",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts,
  except: [
    "mkdir /wal: permission denied",
    "open /etc/{path}: permission denied",
    "open /var/run/secrets/{path}: permission denied",
    "open /var/log/{path}: permission denied",
  ],
  uses: ["kubernetes.claims", "kubernetes.volumes", "host.files", "ansible.files"],
  recoveredBy: ["Loki started"],
  confirm(hit, facts) {
    if (hit.line.component !== "loki" && !/loki/i.test(pathOf(hit))) return { holds: false };
    if (hit.component && imageOwnsAsRoot(hit.component)) return { holds: false };
    return fits(hit, facts) ? { holds: false } : confirmNotWritable(hit.component, pathOf(hit), facts);
  },
  says: (hit) =>
    `Loki (uid 10001) may not write ${pathOf(hit)}: the volume behind it belongs to another user; chown 10001:10001 the directory or set fsGroup: 10001`,
  rivals: [
    {
      rule: "loki/path-on-read-only-root",
      tellApart: "there the path lies on no volume at all: read-only file system",
    },
    {
      rule: "loki/wal-directory-relative",
      tellApart: "there the path has no leading slash: it lies in the working directory, not in the volume",
    },
    {
      rule: "host/selinux-denies-access",
      tellApart: "SELinux refuses with the same words although owner and mode are right",
      decideWith: "ausearch -m avc -ts recent   # on the node",
    },
  ],
  decideWith: "stat -c '%u:%g %a %n' DATA_DIRECTORY   # on the node or host",
  references: [
    "https://github.com/grafana/loki/issues/9753",
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  ],
  fix(finding, facts, stack) {
    const component = stack.components.find((candidate) => candidate.id === finding.component);
    const path = /may not write (\/\S+):/.exec(finding.says)?.[1] ?? "/loki";
    const target = giveBack(finding, component, path, facts);
    if (!target || !component) {
      return {
        summary:
          "Give the directory to uid 10001: chown 10001:10001 on the host directory, fsGroup: 10001 in the pod's securityContext, or use a named volume",
        risk: "disruptive",
        steps: [
          {
            do: "by-hand",
            title: "Hand the data directory over, then start Loki again",
            command: "sudo chown 10001:10001 HOST_DIRECTORY   # what is mounted on /loki",
          },
        ],
      };
    }
    return {
      summary: `Give ${target.hostPath} to ${target.uid}:${target.uid} (chown ${target.uid}:${target.uid})`,
      risk: "disruptive",
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
        startAgain(component, "Start it again"),
      ],
    };
  },
});

/** The owner of the mounted directory was seen and may write there: what is refused directly below it has another reason. */
function fits(hit: TextHit, facts: Parameters<typeof judgeDirectory>[2]): boolean {
  const { component } = hit;
  if (!component) return false;
  const { access, directory } = judgeDirectory(component, pathOf(hit), facts);
  if (access?.allowed !== true || directory.ownership?.by !== "observed") return false;
  const targets = [
    ...(component.docker?.mounts ?? []).map(({ target }) => target),
    ...(component.container?.mounts ?? []).map(({ mountPath }) => mountPath),
  ];
  const parent = pathOf(hit).replace(/\/[^/]+$/, "");
  return targets.some((target) => target.replace(/\/$/, "") === parent);
}

function pathOf({ captures }: TextHit): string {
  return `/${captures.path ?? "loki"}`;
}
