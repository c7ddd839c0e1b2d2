// Docker makes a missing bind source, and the host does not let it.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/mount-source-refused",
  title:
    "Docker cannot create the source of a bind mount on the host (read-only file system, permission denied, snap or Docker Desktop)",
  why: "A bind source that does not exist is created by the daemon. The daemon of the snap sees most of the host as read-only (only /home and /var/snap are open to it), Docker Desktop works in a virtual machine with the shared folders only, rootless Docker may write to the user's folders only, and a network mount may refuse root.",
  severity: "critical",
  component: "docker",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: "any",
  texts: [
    "error while creating mount source path '{path}': mkdir {same}: {error*}",
    'error while creating mount source path "{path}": {error*}',
    "error while creating mount source path '{path}': {error*}",
    'invalid mount config for type "bind": bind source path does not exist: {path}',
    "Mounts denied: {rest*}",
  ],
  says: ({ line }) => {
    const { text } = line;
    const path =
      /source path (?:does not exist: |\\*['"])([^'"\\\s]{1,300})/.exec(text)?.[1] ??
      /path (\/\S{1,300}) is not shared/.exec(text)?.[1];
    if (/Mounts denied|not shared/.test(text))
      return `${path ?? "The bind source"} is not shared with Docker Desktop's virtual machine (Mounts denied)`;
    if (/does not exist/.test(text))
      return `The bind source ${path} does not exist on the host where the daemon runs`;
    if (/read-only file system/i.test(text))
      return `Docker cannot create ${path} on the host: read-only file system, as the daemon of the snap package sees it (or the disk is mounted read-only)`;
    if (/file exists/i.test(text))
      return `Docker cannot use ${path}: a dead network mount or a dangling link stands there (mkdir: file exists)`;
    return `Docker may not create ${path} on the host (${/(permission denied|operation not permitted|no such device)/i.exec(text)?.[1] ?? "refused"}): make the directory beforehand, with the owner the container needs`;
  },
  rivals: [
    {
      rule: "docker/bind-source-became-directory",
      tellApart: "there the path could be made, and became a directory",
    },
  ],
  decideWith: "ls -ld PATH; findmnt -T PATH; snap list docker",
  references: ["https://docs.docker.com/engine/storage/bind-mounts/"],
  fix: (finding) =>
    byHand(
      /snap/.test(finding.says)
        ? "Put the files below /home, or replace the snap by the packages of download.docker.com (snap remove docker); then docker compose up -d"
        : /Desktop/.test(finding.says)
          ? "Share the folder in Docker Desktop (Settings, Resources, File sharing), or use a named volume"
          : "Make the path on the host (mkdir -p, owner of the container's user; mount the share first), then docker compose up -d",
      "On the host of the Docker daemon",
      "findmnt -T PATH; ls -ld PATH; which docker",
    ),
});
