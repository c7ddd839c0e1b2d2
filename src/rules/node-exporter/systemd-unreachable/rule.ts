// The systemd collector needs the system bus of the host.

import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "node-exporter/systemd-unreachable",
  title:
    "node-exporter's systemd collector cannot talk to systemd: the D-Bus socket is missing, or its user may not use it",
  why: "--collector.systemd asks systemd over /var/run/dbus/system_bus_socket. In a container the socket must be mounted, and D-Bus (or AppArmor) lets only root or a user it knows ask for units; the image runs as nobody. All other collectors work.",
  severity: "warning",
  component: "node-exporter",
  layer: "permissions",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "couldn't get dbus connection: {error*}",
    "couldn't get units: {error*}",
    "systemd collector failed after{rest*}dbus{error*}",
    "name=systemd{rest*}err=\"couldn't get {what*}",
  ],
  except: ["context deadline exceeded"],
  uses: ["docker.containers", "kubernetes.workloads"],
  confirm(hit) {
    const mounts = hit.component?.docker?.mounts ?? [];
    const socket = mounts.find(({ target }) => /dbus/.test(target));
    const args = hit.component?.args ?? [];
    // Debian's build switches the collector on by itself: nobody asked for it, and nobody misses it
    const isSeen =
      args.length > 0 || hit.component?.container !== undefined || hit.component?.docker?.args !== undefined;
    const isUnasked = isSeen && !args.some(({ text }) => /collector\.systemd/.test(text));
    return {
      holds: true,
      proof: socket ? [socket.at] : [],
      ...(isUnasked ? { severity: "notice" as const } : {}),
    };
  },
  says({ line }) {
    const why = /permission denied|AccessDenied|not allowed|broken pipe|connection reset/i.test(line.text)
      ? "its user (nobody) may not use the bus: run it as root and, on AppArmor hosts, with apparmor:unconfined"
      : "the socket is not mounted: mount /run/dbus/system_bus_socket:/var/run/dbus/system_bus_socket:ro";
    return `The systemd collector fails (${/dbus connection: (.{1,120}?)(?:\\?"|$)/.exec(line.text)?.[1] ?? "no D-Bus"}), so node_systemd_* is missing: ${why}`;
  },
  rivals: [
    {
      rule: "node-exporter/textfile-unreadable",
      tellApart: "that is another collector, named in the same line",
    },
  ],
  decideWith:
    "docker inspect -f '{{.Config.User}} {{json .HostConfig.Binds}} {{.HostConfig.SecurityOpt}}' NODE_EXPORTER; ls -l /run/dbus/system_bus_socket",
  references: [
    "https://github.com/prometheus/node_exporter#disabled-by-default",
    "https://github.com/prometheus/node_exporter/issues/2279",
  ],
  fix: () =>
    byHand(
      "Mount the socket (/run/dbus/system_bus_socket:/var/run/dbus/system_bus_socket:ro) and run as root (user: root; security_opt: [apparmor:unconfined] where AppArmor is on), or use the systemd_exporter on the host, or drop --collector.systemd",
      "In the compose file (or DaemonSet) of node-exporter",
    ),
});
