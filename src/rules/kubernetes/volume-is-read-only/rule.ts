// The data directory is on a volume, and its file system is mounted read-only.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/volume-is-read-only",
  title: "The file system behind the data directory is read-only, so nobody can write there",
  why: "An NFS export without rw, a file system that the kernel remounted read-only after I/O errors, or a volume mounted with readOnly: true answers every write with EROFS, whoever owns the files. Owner and mode are not the reason, and chown fails with the same words.",
  severity: "critical",
  component: "kubernetes",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  from: "any",
  texts: [
    "mkdir: can't create directory '{path}': Read-only file system",
    "mkdir: cannot create directory '{path}': Read-only file system",
    "touch: cannot touch '{path}': Read-only file system",
    "touch: {path}: Read-only file system",
    "chown: {path}: Read-only file system",
    "chown: changing ownership of '{path}': Read-only file system",
    "Remounting filesystem read-only",
  ],
  uses: ["kubernetes.pods", "docker.containers", "host.mounts"],
  confirm: (hit, facts) => {
    const { component } = hit;
    const path = pathOf(hit.captures.path);
    const security = component?.container?.security;
    // a read-only root is the container's own setting, and another rule's matter
    if (security?.readOnlyRootFilesystem) return { holds: false };
    const refused = facts["text.lines"].filter(({ text }) => /Read-only file system\s*$/i.test(text));
    // what somebody tried by hand on the host belongs to the program that was refused
    if (!component && refused.some((line) => line.component !== undefined)) return { holds: false };
    const mount = facts["host.mounts"].find(
      ({ target, options }) =>
        path !== undefined &&
        target !== "/" &&
        (path === target || path.startsWith(`${target}/`)) &&
        (options ?? []).includes("ro"),
    );
    const onHost = [...hit.lines, ...refused].find(({ text }) =>
      /^touch: cannot touch|Remounting filesystem read-only/i.test(text),
    );
    const proof = [...(mount ? [mount.at] : []), ...(onHost ? [{ ...onHost.at, excerpt: onHost.text }] : [])];
    return proof.length > 0 ? { holds: true, proof } : {};
  },
  says: ({ captures, component, line }) => {
    const path = pathOf(captures.path);
    return `${component?.name ?? line.component ?? "The process"} cannot write${path ? ` ${path}` : ""}: Read-only file system. The volume or NFS export behind it is mounted read-only (or the kernel remounted it after I/O errors); owner and mode do not matter`;
  },
  rivals: [
    {
      rule: "kubernetes/path-on-read-only-root",
      tellApart: "with readOnlyRootFilesystem: true only paths outside of all volumes are refused",
      decideWith: "kubectl get pod POD -o jsonpath='{..readOnlyRootFilesystem}{..volumeMounts}'",
    },
  ],
  decideWith:
    "findmnt -T DIRECTORY; dmesg | grep -i 'remount'   # on the node; on the NFS server: exportfs -v",
  references: ["https://man7.org/linux/man-pages/man5/exports.5.html"],
  fix: () =>
    byHand(
      "Mount it read-write: rw in the export (/etc/exports, exportfs -ra) and in the mount options, no readOnly: true on the volume; after I/O errors check the disk (dmesg, fsck) before the remount",
      "See how it is mounted",
      "findmnt -T DIRECTORY; dmesg | grep -iE 'remount|I/O error'",
    ),
});

function pathOf(path: string | undefined): string | undefined {
  return path?.replace(/^['"‘]+|['"’:]+$/g, "");
}
