// The agent may not open the Docker socket.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/docker-socket-forbidden",
  title: "An agent may not open the Docker socket: its user is not in the socket's group",
  why: "/var/run/docker.sock belongs to root:docker 0660. Images that run as a normal user (Alloy 473, Prometheus 65534) need the host's docker group id. On SELinux hosts even root is refused unless the label allows it.",
  severity: "critical",
  component: "promtail",
  layer: "permissions",
  nature: "cause",
  effect: "no-data-in",
  from: ["promtail", "alloy", "prometheus", "cadvisor"],
  texts: [
    "permission denied while trying to connect to the Docker daemon socket",
    "dial unix /var/run/docker.sock: connect: permission denied",
    "dial unix /run/docker.sock: connect: permission denied",
  ],
  uses: ["host.settings", "host.files"],
  confirm: (hit, facts) => {
    // Said by nobody known: the docker client of the person who looked, whose rights are not the stack's.
    if (hit.line.component === undefined && hit.component === undefined) return { holds: false };
    const enforcing = facts["host.settings"].some(
      (entry) => /selinux/i.test(entry.name) && /enforcing/i.test(entry.value),
    );
    const socket = facts["host.files"].find((file) => file.path.endsWith("docker.sock"));
    if (enforcing) return { certainty: "possible" };
    return socket ? { holds: true, proof: [socket.at] } : {};
  },
  says: ({ component, line }) =>
    `${component?.name ?? line.component ?? "The agent"} is refused at /var/run/docker.sock (permission denied): it is not in the group that owns the socket`,
  rivals: [
    {
      rule: "host/selinux-denies-access",
      tellApart: "with SELinux enforcing even root is refused, and the audit log shows it",
      decideWith: "getenforce; ausearch -m avc -ts recent",
    },
  ],
  decideWith:
    "stat -c '%g %a' /var/run/docker.sock; docker inspect -f '{{.Config.User}} {{.HostConfig.GroupAdd}}' AGENT; getenforce",
  references: ["https://grafana.com/docs/alloy/latest/reference/components/loki/loki.source.docker/"],
  fix: () => ({
    summary:
      "group_add with the gid of the socket (stat -c %g /var/run/docker.sock), or a read-only socket proxy",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "In the compose file",
        command: 'group_add: ["$(stat -c %g /var/run/docker.sock)"]',
      },
    ],
  }),
});
