// Certificates of the cluster itself end after a year, unless an upgrade or the kubelet's rotation renewed them.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/certificates-expired",
  title: "A certificate of the cluster has expired: the kubelet or kubectl is refused by the API server",
  why: "kubeadm's certificates live for a year and are renewed by an upgrade; the kubelet renews its own client certificate while it runs. A machine that was off at that time, or a cluster that was not upgraded for a year, is left with expired ones: the node becomes NotReady, kubectl and controllers get x509 errors, and running pods go on without being looked after.",
  severity: "critical",
  component: "kubernetes",
  layer: "tls",
  nature: "cause",
  effect: "host-down",
  phase: "run",
  from: "any",
  texts: [
    "part of the existing bootstrap client certificate in {file} is expired",
    "unable to load bootstrap kubeconfig{rest*}bootstrap-kubelet.conf: no such file or directory",
    "Unable to connect to the server: tls: failed to verify certificate: x509: certificate has expired or is not yet valid",
    "Unable to connect to the server: x509: certificate has expired or is not yet valid",
    "Unable to authenticate the request{rest*}x509: certificate has expired or is not yet valid",
  ],
  explains: [
    {
      rule: "kubernetes/node-not-ready",
      via: "anything",
      mechanism: "a kubelet without a valid certificate cannot report",
    },
  ],
  says: ({ captures, line, lines }) => {
    const file =
      captures.file ??
      lines.map(({ text }) => /certificate in (\S+) is expired/.exec(text)?.[1]).find(Boolean);
    const until = lines
      .map(
        ({ text }) =>
          /is expired: ([\d-]+ [\d:]+)/.exec(text)?.[1] ?? /is after ([\d-]+T[\d:]+Z)/.exec(text)?.[1],
      )
      .find(Boolean);
    return /kubelet/.test(`${line.text} ${file ?? ""}`)
      ? `The kubelet's client certificate${file ? ` in ${file}` : ""} has expired${until ? ` (${until})` : ""} and there is no bootstrap token to get a new one: the node cannot report and becomes NotReady`
      : `The API server's or the client's certificate has expired${until ? ` (${until})` : ""}: kubectl and the controllers are refused`;
  },
  rivals: [
    {
      rule: "host/clock-skew",
      tellApart: "a clock that is ahead makes valid certificates look expired",
      decideWith: "date -u",
    },
  ],
  decideWith:
    "kubeadm certs check-expiration; openssl x509 -noout -dates -in /var/lib/kubelet/pki/kubelet-client-current.pem",
  references: [
    "https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/",
    "https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/troubleshooting-kubeadm/#kubelet-client-cert",
  ],
  fix: (finding) =>
    finding.says.startsWith("The kubelet")
      ? byHand(
          "On a control plane node: kubeadm kubeconfig user --org system:nodes --client-name system:node:NODE > kubelet.conf; copy it to /etc/kubernetes/kubelet.conf on the node, remove /var/lib/kubelet/pki/kubelet-client*, systemctl restart kubelet, then point kubelet.conf at kubelet-client-current.pem",
          "On the node",
          "kubeadm certs check-expiration",
        )
      : byHand(
          "kubeadm certs renew all on every control plane node, restart its static pods (move the manifests away and back), and copy the new admin.conf (k3s: restart k3s, which renews certificates that are near their end)",
          "On the control plane",
          "kubeadm certs check-expiration",
        ),
});
