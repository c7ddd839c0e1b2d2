// rslave needs a shared parent mount.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/mount-not-shared",
  title: "The mount with rslave or shared propagation is refused because the host's / is not a shared mount",
  why: "`/:/host:ro,rslave` (the chart's mountPropagation: HostToContainer) needs a parent mount with shared or slave propagation. Docker Desktop, WSL, Synology and nested clusters mount / as private, and the container is created but cannot start.",
  severity: "critical",
  component: "docker",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "is mounted on {target*} but it is not a shared or slave mount",
    "is mounted on {target*} but it is not a shared mount",
    "but it is not a shared or slave mount",
  ],
  uses: ["host.mounts"],
  confirm: (_hit, facts) => {
    const mount = facts["host.mounts"].find(
      (entry) => entry.target === "/" && entry.propagation !== undefined,
    );
    return { holds: true, ...(mount ? { proof: [mount.at] } : {}) };
  },
  says: ({ line }) => {
    const path = line.text.match(/path (\S+) is mounted on (\S+) but/)?.[1] ?? "/";
    return `The mount of ${path} asks for rslave propagation, but ${path} is not a shared or slave mount on this host: the container cannot start`;
  },
  rivals: [
    { rule: "docker/bind-source-became-directory", tellApart: "that is about a file and a directory" },
  ],
  decideWith: "findmnt -no PROPAGATION /",
  references: [
    "https://github.com/prometheus/node_exporter/issues/2002",
    "https://github.com/prometheus/node_exporter/issues/1509",
  ],
  fix: () =>
    byHand(
      "Leave out rslave (- /:/host:ro; chart prometheus-node-exporter: hostRootFsMount.mountPropagation: null or hostRootFsMount.enabled: false), or make the mount shared: mount --make-rshared /",
      "In the compose file or values",
    ),
});
