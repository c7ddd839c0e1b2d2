// Docker's daemon.json: nothing but keys that dockerd knows.
import type { Shape } from "../shape.ts";

const daemonKeys: ReadonlySet<string> = new Set(
  `allow-nondistributable-artifacts api-cors-header authorization-plugins bip bip6 bridge builder cgroup-parent containerd containerd-namespace
  containerd-plugins-namespace data-root debug default-address-pools default-cgroupns-mode default-gateway default-gateway-v6 default-network-opts
  default-runtime default-shm-size default-ulimits dns dns-opts dns-search exec-opts exec-root experimental features fixed-cidr fixed-cidr-v6
  firewall-backend group hosts host-gateway-ip http-proxy https-proxy icc init init-path insecure-registries ip ip-forward ip-forward-no-drop ip-masq
  ip6tables iptables ipv6 labels live-restore log-driver log-format log-level log-opts max-concurrent-downloads max-concurrent-uploads
  max-download-attempts metrics-addr min-api-version mtu no-new-privileges no-proxy node-generic-resources oom-score-adjust pidfile proxies
  raw-logs registry-mirrors runtimes seccomp-profile selinux-enabled shutdown-timeout storage-driver storage-opts swarm-default-advertise-addr
  tls tlscacert tlscert tlskey tlsverify userland-proxy userland-proxy-path userns-remap`.split(/\s+/),
);
/** Keys of daemon.json that many other files have as well. */
const commonDaemonKeys: ReadonlySet<string> = new Set([
  "debug",
  "features",
  "group",
  "hosts",
  "init",
  "ip",
  "labels",
  "mtu",
  "tls",
  "dns",
  "experimental",
  "proxies",
]);

export function isDockerDaemon(s: Shape): boolean {
  if (s.top.length === 0 || s.top[0] === "-") return false;
  return s.top.every((key) => daemonKeys.has(key)) && s.top.some((key) => !commonDaemonKeys.has(key));
}
