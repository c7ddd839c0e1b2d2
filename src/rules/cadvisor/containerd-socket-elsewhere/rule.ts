// k3s, RKE2 and k0s keep containerd's socket at a path of their own.

import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

const sockets: readonly (readonly [RegExp, string])[] = [
  [/k3s|rke2/i, "/run/k3s/containerd/containerd.sock"],
  [/k0s/i, "/run/k0s/containerd.sock"],
  [/microk8s/i, "/var/snap/microk8s/common/run/containerd.sock"],
];

export const rule = textRule({
  id: "cadvisor/containerd-socket-elsewhere",
  title:
    "cAdvisor cannot dial containerd: this distribution (k3s, RKE2, k0s, MicroK8s) has the socket at another path",
  why: "cAdvisor dials /run/containerd/containerd.sock unless --containerd names another path. k3s and RKE2 use /run/k3s/containerd/containerd.sock, k0s /run/k0s/containerd.sock. Without it there are cgroups but no container names or images. On a plain Docker host the same line is harmless: containers are known from Docker.",
  severity: "critical",
  component: "cadvisor",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: [
    "unable to create containerd client",
    "containerd: cannot unix dial containerd api service",
    "Registration of the containerd container factory failed",
  ],
  uses: ["kubernetes.nodes", "host.versions"],
  unconfirmed: "silent",
  confirm(hit, facts) {
    const flag = hit.component?.args.find(({ text }) => /^--?containerd[= ]/.test(text));
    const node = facts["kubernetes.nodes"].find((entry) => socketOf(`${entry.version} ${entry.runtime}`));
    const statement = facts["host.versions"].find((entry) => socketOf(`${entry.of} ${entry.version}`));
    const socket = node
      ? socketOf(`${node.version} ${node.runtime}`)
      : statement && socketOf(`${statement.of} ${statement.version}`);
    if (!socket) return {};
    if (flag?.text.includes(socket)) return { holds: false };
    return {
      holds: true,
      proof: [
        ...(node ? [node.at] : []),
        ...(statement && !node ? [statement.at] : []),
        ...(flag ? [flag.at] : []),
      ],
      says: `cAdvisor dials ${/dial unix ([^\s:"]+)/.exec(hit.line.text)?.[1] ?? "/run/containerd/containerd.sock"}, but containerd of this cluster (${node?.version ?? statement?.version}) listens on ${socket}: set --containerd=${socket} and mount that path`,
    };
  },
  says: () => "cAdvisor does not reach containerd's socket",
  decideWith: "kubectl get nodes -o wide; ls -l /run/k3s/containerd/containerd.sock /run/k0s/containerd.sock",
  references: ["https://github.com/google/cadvisor/issues/2249", "https://docs.k3s.io/advanced"],
  fix: (finding) => {
    const socket = /--containerd=(\S+)/.exec(finding.says)?.[1] ?? sockets[0]?.[1];
    return byHand(
      `Start cAdvisor with --containerd=${socket} and mount ${socket} read-only`,
      "In the DaemonSet (or compose file) of cAdvisor",
    );
  },
});

function socketOf(text: string): string | undefined {
  return sockets.find(([sign]) => sign.test(text))?.[1];
}
