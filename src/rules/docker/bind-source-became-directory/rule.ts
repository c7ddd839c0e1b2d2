// A file that was not there when the container was created became a directory.
import type { Facts } from "../../../model/facts.ts";
import { byHand } from "../../by-hand.ts";
import type { TextHit } from "../../text-hit.ts";
import { type Confirmation, textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/bind-source-became-directory",
  title:
    "The source of a bind mount is a directory (Docker created it because the file was missing), but the container needs a file",
  why: "`-v ./prometheus.yml:/etc/prometheus/prometheus.yml` creates a missing source as an empty directory of root, on the daemon's host. The next start mounts a directory onto a file and fails, or the program reads a directory. The file was never copied, has another ending (.yaml), or compose ran elsewhere (Portainer, remote context).",
  severity: "critical",
  component: "docker",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "Are you trying to mount a directory onto a file (or vice-versa)?",
    "error mounting {source*} to rootfs at {target*} not a directory",
    "{file}: is a directory",
    "read {file}: is a directory",
  ],
  uses: ["host.files", "docker.containers", "config.documents"],
  confirm: (hit, facts) => confirm(hit, facts),
  says: ({ line }) => {
    const { source, target } = pathsOf(line.text);
    return source
      ? `${source} on the host is a directory, but the container mounts it as the file ${target ?? ""}: Docker created the missing file as an empty directory`
      : `${target ?? "The configuration file"} is a directory inside the container: the bind mount's source did not exist on the host and Docker created it as an empty directory`;
  },
  rivals: [
    { rule: "prometheus/config-unreadable", tellApart: "there the file is a file and may not be read" },
  ],
  decideWith: "ls -ld SOURCE; docker inspect -f '{{json .Mounts}}' CONTAINER",
  references: [
    "https://docs.docker.com/engine/storage/bind-mounts/",
    "https://github.com/prometheus/docs/issues/2621",
  ],
  fix: (finding) => {
    const source = finding.says.match(/^(\S+) on the host/)?.[1] ?? "SOURCE";
    return byHand(
      `rmdir ${source} (it must be empty), put the real file there, docker compose up -d --force-recreate; the long mount syntax with bind.create_host_path: false prevents it`,
      "On the host of the Docker daemon",
      `ls -ld ${source} && rmdir ${source}`,
    );
  },
});

function pathsOf(text: string): { source?: string; target?: string } {
  const mount =
    text.match(/mounting \\?"([^"\\]+)\\?" to rootfs at \\?"([^"\\]+)\\?"/) ??
    text.match(/mounting \\?"([^"\\]+)\\?" to rootfs \\?"[^"\\]+\\?" at \\?"([^"\\]+)\\?"/);
  if (mount) return { source: mount[1] ?? "", target: mount[2] ?? "" };
  const read =
    text.match(/(?:read|open|file=)\s*"?(\/[^\s":]+)"?: is a directory/)?.[1] ??
    text.match(/(\/[^\s":]+): is a directory/)?.[1];
  return read ? { target: read } : {};
}

function confirm(
  hit: TextHit,
  facts: Pick<Facts, "host.files" | "docker.containers" | "config.documents">,
): Confirmation {
  const { text } = hit.line;
  // the volume of a pod is another story
  if (/\/var\/lib\/kubelet\/pods\//.test(text) || (hit.component?.pods.length ?? 0) > 0 || hit.line.pod)
    return { holds: false };
  // A chart's values and no container of Docker: the volume of a pod again.
  if (
    facts["docker.containers"].length === 0 &&
    facts["config.documents"].some(
      ({ kind, at }) => kind === "helm-values" || /\bvalues[\w.-]*\.ya?ml/i.test(at.source),
    )
  )
    return { holds: false };
  if (!/is a directory/.test(text)) {
    const { source, target } = pathsOf(text);
    if (source && target && isFile(source) && !isFile(target))
      return {
        holds: true,
        says: `The file ${source} is mounted onto ${target}, which is a directory in the image: name the file inside the container (${target.replace(/\/$/, "")}/${source.split("/").at(-1)})`,
      };
    return { holds: true };
  }
  const { target } = pathsOf(text);
  if (!target || !isFile(target)) return { holds: false };
  const mount = facts["docker.containers"]
    .flatMap((container) => container.mounts ?? [])
    .find((entry) => entry.target === target);
  const name = target.split("/").at(-1) ?? "";
  const folder = facts["host.files"].find(
    (file) => file.type === "directory" && (file.path.endsWith(`/${name}`) || file.path === name),
  );
  if (folder)
    return {
      holds: true,
      proof: [folder.at],
      says: `${folder.path} on the host is a directory, but the container needs the file ${target}: Docker created the missing bind source as an empty directory`,
    };
  if (mount?.source)
    return {
      holds: true,
      proof: [mount.at],
      says: `${mount.source} on the host is a directory, but it is mounted as the file ${target}: Docker created the missing bind source as an empty directory`,
    };
  return {};
}

function isFile(path: string): boolean {
  return /\.(ya?ml|json|ini|conf|toml|river|alloy|rules|tmpl|web|env)$/.test(path);
}
