// Grafana runs as 472 and may not write /var/lib/grafana.
import { confirmNotWritable, giveBack, startAgain } from "../../data-directory-text.ts";
import type { TextHit } from "../../text-hit.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/data-directory-not-writable",
  title: "Grafana's data directory is not writable for uid 472, the user its image runs as",
  why: "Since 5.1 the image runs as uid 472. A bind mount or volume that belongs to somebody else (root, or an older image's user) is closed to it, and Grafana ends before it starts.",
  severity: "critical",
  component: "grafana",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: [
    "GF_PATHS_DATA='{path}' is not writable",
    "mkdir: can't create directory '{path}/plugins': Permission denied",
    "mkdir: cannot create directory '{path}/plugins': Permission denied",
    "You may have issues with file permissions",
  ],
  except: ["Read-only file system"],
  uses: ["kubernetes.claims", "kubernetes.volumes", "host.files", "ansible.files"],
  confirm: (hit, facts) => {
    // the image's script says "not writable" for a read-only file system, too
    const isReadOnly = facts["text.lines"].some(
      (line) =>
        /read-only file system/i.test(line.text) &&
        (line.component === "grafana" || line.text.includes(dataPath(hit))) &&
        line.at.source === hit.line.at.source,
    );
    return isReadOnly ? { holds: false } : confirmNotWritable(hit.component, dataPath(hit), facts);
  },
  says: (hit) =>
    `${dataPath(hit)} is not writable for Grafana: the directory behind it is not owned by uid 472`,
  rivals: [
    {
      rule: "host/selinux-denies-access",
      tellApart: "with SELinux the owner would already be 472",
      decideWith: "ls -lnZ DIRECTORY; ausearch -m avc -ts recent",
    },
  ],
  decideWith: "stat -c '%u:%g %a %n' DIRECTORY   # the host directory behind /var/lib/grafana",
  references: ["https://grafana.com/docs/grafana/latest/setup-grafana/installation/docker/"],
  fix(finding, facts, stack) {
    const component = stack.components.find((candidate) => candidate.id === finding.component);
    const target = giveBack(finding, component, "/var/lib/grafana", facts);
    if (!target || !component)
      return {
        summary: "chown 472:0 the host directory (Kubernetes: fsGroup: 472)",
        risk: "disruptive",
        steps: [{ do: "by-hand", title: "Give it to Grafana", command: "chown 472:0 DIRECTORY" }],
      };
    return {
      summary: `Give ${target.hostPath} to uid 472`,
      risk: "disruptive",
      steps: [
        {
          do: "set-owner",
          title: `Owner of ${target.hostPath}`,
          ...target.host,
          path: target.hostPath,
          uid: target.uid,
          gid: 0,
          ...target.below,
        },
        startAgain(component, "Start Grafana again"),
      ],
    };
  },
});

function dataPath({ lines }: TextHit): string {
  return (
    lines.flatMap(({ text }) => /GF_PATHS_DATA='([^']{1,300})'/.exec(text)?.[1] ?? [])[0] ??
    "/var/lib/grafana"
  );
}
