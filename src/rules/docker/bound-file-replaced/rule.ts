// A file bound by itself is bound by its inode: who replaces the file leaves the container with the old one.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "docker/bound-file-replaced",
  title:
    "A file that is mounted by itself was replaced on the host: the container still has the old one, and a reload reads it again",
  why: "A bind mount of one file is a mount of its inode. sed -i, most editors, Ansible's template and copy, git and mv write a new file and rename it into place: the name then leads to another inode, and the mount keeps the old one, which has no name any more (//deleted in mountinfo), until the container is started again. Files below a mounted folder are looked up by name each time.",
  severity: "warning",
  component: "docker",
  layer: "config",
  nature: "cause",
  effect: "none",
  phase: "run",
  needs: ["host.mounts", "docker.containers"],
  decideWith: "grep deleted /proc/$(docker inspect -f '{{.State.Pid}}' CONTAINER)/mountinfo",
  references: [
    "https://github.com/moby/moby/issues/6011",
    "https://docs.docker.com/engine/storage/bind-mounts/",
    "https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html",
  ],
  check({ "host.mounts": mounts }, stack) {
    return mounts.flatMap((mount): FindingDraft[] => {
      if (mount.isReplaced !== true || mount.container === undefined) return [];
      const component = stack.components.find(
        ({ docker, host }) =>
          docker?.name === mount.container && (!host || !mount.host || host === mount.host),
      );
      const bound = component && boundAt(component, mount.target);
      if (!component || !bound) return [];
      const source = bound.source ?? mount.root ?? mount.target;
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${mount.target} in ${mount.container} is the file that lay at ${source} before it was replaced: what is there now is not seen until the container is started again`,
          proof: [mount.at, bound.at],
          certainty: "proven",
          concerns: [source],
        },
      ];
    });
  },
  fix: (finding) =>
    byHand(
      "Restart the container (a reload is not enough), and mount the folder instead of the file, so that replaced files are seen",
      `Restart ${finding.subject.id.split("/").at(-1)}`,
      `docker restart ${finding.subject.id.split("/").at(-1)}`,
    ),
});

/** Mounts below a mounted tree come and go with the host; only what the container itself binds counts. */
function boundAt({ docker }: Component, target: string) {
  return docker?.mounts?.find((own) => own.type === "bind" && own.target === target);
}
