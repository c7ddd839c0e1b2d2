// What is asked of every host, whatever runs on it. docs/live-hosts.md is made from this list.
import type { HostCommand } from "./host-command.ts";

const all = (verb: string, list: string): Pick<HostCommand, "text" | "run"> => ({
  text: `{engine} ${verb} $({engine} ${list})`,
  run: `ids=$({engine} ${list}) || exit; [ -z "$ids" ] || {engine} ${verb} $ids`,
});

const engine: readonly HostCommand[] = [
  {
    id: "engine-version",
    text: "{engine} version",
    why: "version and API window of client and engine",
    failureSpeaks: true,
  },
  {
    id: "engine-info",
    text: "{engine} info",
    why: "storage, cgroups, log driver, warnings",
    failureSpeaks: true,
  },
  { id: "containers", text: "{engine} ps -a --no-trunc", why: "which containers there are, and their state" },
  {
    id: "inspect",
    ...all("inspect", "ps -aq --no-trunc"),
    why: "networks, ports, mounts, flags and last exit of every container",
    bytes: 32_000_000,
  },
  {
    id: "networks",
    ...all("network inspect", "network ls -q --no-trunc"),
    why: "subnets, gateways and members of the networks",
  },
  { id: "images", text: "{engine} images --digests", why: "which images are there, with their digests" },
  { id: "volumes", ...all("volume inspect", "volume ls -q"), why: "drivers and folders of volumes" },
  {
    id: "daemon-json",
    text: "cat /etc/docker/daemon.json",
    run: "[ ! -e /etc/docker/daemon.json ] || cat /etc/docker/daemon.json",
    why: "how the engine is set up",
    item: { path: "/etc/docker/daemon.json", locator: "/etc/docker/daemon.json" },
  },
];

const network: readonly HostCommand[] = [
  {
    id: "sockets",
    text: "{asroot} ss -tulpn",
    run: "if command -v ss >/dev/null 2>&1; then {asroot}ss -tulpn; elif command -v netstat >/dev/null 2>&1; then {asroot}netstat -tulpn; else exit 242; fi",
    why: "who listens on which address",
  },
  { id: "addresses", tool: "ip", text: "ip addr", why: "addresses of the host and its bridges" },
  { id: "routes", tool: "ip", text: "ip route", why: "ways to other networks" },
  {
    id: "iptables",
    tool: "iptables-save",
    text: "{root} iptables-save",
    why: "packet filter and Docker's address translation",
    optional: true,
  },
  {
    id: "ip6tables",
    tool: "ip6tables-save",
    text: "{root} ip6tables-save",
    why: "the same for IPv6",
    optional: true,
  },
  {
    id: "nft",
    tool: "nft",
    text: "{root} nft list ruleset",
    why: "packet filter where nftables is used directly",
    optional: true,
  },
  {
    id: "ufw",
    tool: "ufw",
    text: "{root} ufw status verbose",
    why: "packet filter of Ubuntu",
    optional: true,
  },
  {
    id: "firewalld",
    tool: "firewall-cmd",
    text: "{root} firewall-cmd --list-all-zones",
    why: "packet filter of Fedora and RHEL",
    optional: true,
    failureSpeaks: true,
  },
  {
    id: "resolv-conf",
    text: "cat /etc/resolv.conf",
    why: "name servers",
    item: { path: "/etc/resolv.conf", locator: "/etc/resolv.conf" },
  },
  {
    id: "hosts-file",
    text: "cat /etc/hosts",
    why: "names that are answered without a name server",
    item: { path: "/etc/hosts", locator: "/etc/hosts" },
  },
  {
    id: "sysctl",
    tool: "sysctl",
    text: "sysctl -e net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables fs.inotify.max_user_watches fs.inotify.max_user_instances vm.max_map_count vm.overcommit_memory",
    why: "kernel settings that containers and log readers depend on",
    optional: true,
  },
];

const machine: readonly HostCommand[] = [
  {
    id: "os-release",
    text: "cat /etc/os-release",
    why: "distribution",
    item: { path: "/etc/os-release", locator: "/etc/os-release" },
  },
  { id: "uname", text: "uname -a", why: "kernel and machine" },
  { id: "whoami", text: "id", why: "with which rights all this was read" },
  { id: "uptime", tool: "uptime", text: "uptime", why: "load", optional: true },
  { id: "disks", text: "df -P", why: "free space", failureSpeaks: true },
  { id: "inodes", text: "df -iP", why: "free inodes", failureSpeaks: true },
  { id: "memory", tool: "free", text: "free", why: "free memory", optional: true },
  {
    id: "mounts",
    text: "cat /proc/mounts",
    why: "what is mounted where, and how",
    item: { path: "/proc/mounts", locator: "/proc/mounts" },
  },
  {
    id: "cgroups",
    text: "stat -fc %T /sys/fs/cgroup",
    why: "cgroup version (cgroup2fs: 2, tmpfs: 1)",
    optional: true,
  },
  {
    id: "timedatectl",
    tool: "timedatectl",
    text: "timedatectl",
    why: "whether the clock is kept right",
    optional: true,
  },
  {
    id: "chrony",
    tool: "chronyc",
    text: "chronyc -n tracking",
    why: "offset of the clock from its source",
    optional: true,
    failureSpeaks: true,
  },
  { id: "selinux", tool: "getenforce", text: "getenforce", why: "whether SELinux enforces", optional: true },
  {
    id: "denials",
    tool: "ausearch",
    text: "{root} ausearch -m avc -ts recent",
    run: "{root} ausearch -m avc -ts recent 2>&1 | grep -v '^<no matches>$' | tail -n 50",
    why: "what SELinux denied lately",
    optional: true,
  },
];

const stackNames = [
  "docker.service",
  "docker.socket",
  "containerd.service",
  "podman.socket",
  "prometheus*",
  "node*exporter*",
  "alertmanager*",
  "grafana*",
  "loki*",
  "promtail*",
  "alloy*",
  "cadvisor*",
  "blackbox*",
  "pushgateway*",
  "nftables.service",
  "ufw.service",
  "firewalld.service",
];

const units: readonly HostCommand[] = [
  {
    id: "units",
    tool: "systemctl",
    text: `systemctl list-units --all --no-pager --full --plain ${stackNames.map((name) => `'${name}'`).join(" ")}`,
    why: "services of the stack that run without containers, and the engine's own",
    optional: true,
  },
];

export const firstLook: readonly HostCommand[] = [...engine, ...network, ...machine, ...units];
