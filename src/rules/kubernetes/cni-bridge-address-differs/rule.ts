// Two CNI configurations, or a bridge left over from an older one.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/cni-bridge-address-differs",
  title: "Pods get no network, because the node's bridge cni0 has an address of another CNI configuration",
  why: "The kubelet's runtime takes the first file of /etc/cni/net.d by name. A second configuration (a hand-written bridge beside flannel's), or a pod CIDR that changed, makes the plugin ask for another address than cni0 has: every new sandbox on that node fails.",
  severity: "critical",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "host-down",
  phase: "schedule",
  from: "any",
  texts: [
    'failed to set bridge addr: "{bridge}" already has an IP address different from {address}',
    "already has an IP address different from",
  ],
  uses: ["host.files"],
  confirm: (_hit, facts) => {
    const files = facts["host.files"].filter(({ path }) =>
      /\/etc\/cni\/net\.d\/[^/]+\.conf(?:list)?$/.test(path),
    );
    return { holds: true, ...(files.length > 1 ? { proof: files.slice(0, 3).map(({ at }) => at) } : {}) };
  },
  says: ({ line }) => {
    const [, bridge, address] =
      /"?\\?"?(\w+)\\?"? already has an IP address different from (\S+)/.exec(line.text) ?? [];
    return `The bridge ${bridge ?? "cni0"} has another address than ${address?.replace(/["\\]+$/, "") ?? "the node's pod CIDR"}: a second CNI configuration in /etc/cni/net.d, or one left over, made it`;
  },
  subject: (hit) => ({ kind: "node", id: hit.line.host ?? "node" }),
  decideWith: "ls -l /etc/cni/net.d; ip addr show cni0; kubectl get node NODE -o jsonpath='{.spec.podCIDR}'",
  references: [
    "https://www.cni.dev/plugins/current/main/bridge/",
    "https://github.com/flannel-io/flannel/issues/1155",
  ],
  fix: () =>
    byHand(
      "Keep one configuration in /etc/cni/net.d (flannel writes 10-flannel.conflist), drain the node, then ip link delete cni0 and restart the runtime; the plugin makes the bridge again",
      "On the node, after draining it",
      "ls -l /etc/cni/net.d; ip addr show cni0",
    ),
});
