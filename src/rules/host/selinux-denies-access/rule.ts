// SELinux refuses what owner and mode allow; only the audit log says so.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "host/selinux-denies-access",
  title: "SELinux denies a container access to a bind-mounted path, although owner and mode allow it",
  why: "On hosts with SELinux enforcing a container may only touch files labelled container_file_t. A bind mount without :z or :Z keeps the host's label, and the program sees a plain `permission denied`. The audit log holds the denial.",
  severity: "critical",
  component: "host",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "storage",
  from: "any",
  texts: [
    "avc: denied { {what*} }",
    "type=AVC…denied…container_t",
    "SELinux is preventing {program} from {what*}",
  ],
  uses: ["host.settings", "host.files"],
  confirm: (hit, facts) => {
    const isContainer =
      /container_t|svirt_lxc_net_t|container_runtime|prometheus|loki|grafana|promtail|alloy|docker\.sock/.test(
        hit.line.text,
      );
    const permissive = facts["host.settings"].find(
      (entry) => /selinux/i.test(entry.name) && /permissive|disabled/i.test(entry.value),
    );
    if (!isContainer || permissive || /permissive=1/.test(hit.line.text)) return { holds: false };
    const enforcing = facts["host.settings"].find(
      (entry) => /selinux/i.test(entry.name) && /enforcing/i.test(entry.value),
    );
    return { holds: true, proof: enforcing ? [enforcing.at] : [] };
  },
  says: ({ line }) => {
    const program = line.text.match(/comm="?([^"\s]+)/)?.[1] ?? line.text.match(/preventing (\S+)/)?.[1];
    const name = line.text.match(/(?:path|name)="?([^"\s]+)/)?.[1];
    const label = line.text.match(/tcontext=(\S+)/)?.[1];
    return `SELinux denies ${program ?? "the container"} access to ${name ?? "a mounted path"}${label ? ` (labelled ${label})` : ""}: the bind mount lacks :z or :Z`;
  },
  explains: [
    {
      rule: "docker/container-restarting",
      via: "anything",
      mechanism: "the program is refused its files and ends",
    },
    {
      rule: "prometheus/data-directory-not-writable",
      via: "anything",
      mechanism: "SELinux refuses the write with the same words",
    },
    {
      rule: "prometheus/config-unreadable",
      via: "anything",
      mechanism: "SELinux refuses the read with the same words",
    },
    {
      rule: "grafana/data-directory-not-writable",
      via: "anything",
      mechanism: "SELinux refuses the write with the same words",
    },
    {
      rule: "loki/data-directory-not-writable",
      via: "anything",
      mechanism: "SELinux refuses the write with the same words",
    },
    {
      rule: "promtail/docker-socket-forbidden",
      via: "anything",
      mechanism: "SELinux confines the container and refuses the socket",
    },
    {
      rule: "promtail/log-files-unreadable",
      via: "anything",
      mechanism: "SELinux refuses the read with the same words",
    },
  ],
  decideWith: "getenforce; ls -lZ PATH; ausearch -m avc -ts recent",
  references: [
    "https://docs.docker.com/engine/storage/bind-mounts/#configure-the-selinux-label",
    "https://github.com/coreos/fedora-coreos-tracker/issues/585",
  ],
  fix: () => ({
    summary:
      "Add :Z (one container) or :z (shared) to the bind mount; for the Docker socket security_opt label=disable, never :Z",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "In the compose file", command: "- ./prometheus:/prometheus:Z" }],
  }),
});
