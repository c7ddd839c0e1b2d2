// Admission refuses what node-exporter and its like need: host network, host paths.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/pod-security-forbids",
  title: "Pod Security (or a PSP or SCC) of the namespace refuses the pods, so none is created",
  why: "node-exporter, promtail, Alloy and cAdvisor need hostNetwork, hostPID, hostPorts or hostPath volumes. A namespace that enforces baseline or restricted (or a PodSecurityPolicy, or an OpenShift SecurityContextConstraint that does not allow it) refuses such pods: the DaemonSet stays at 0.",
  severity: "critical",
  component: "kubernetes",
  layer: "admission",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    'violates PodSecurity "{level}": {what*}',
    "unable to validate against any pod security policy: {what*}",
    "unable to validate against any security context constraint: {what*}",
  ],
  except: ["would violate PodSecurity"],
  says: ({ captures, line }) => {
    const by = captures.level
      ? `PodSecurity "${captures.level}"`
      : /constraint/.test(line.text)
        ? "the security context constraints (SCC)"
        : "the pod security policies (PSP)";
    const name = line.text.match(/pods? \\?"([a-z0-9.-]+)/)?.[1];
    return `${name ? `Pod ${name}` : "The pod"} is forbidden: it violates ${by}: ${(captures.what ?? "").slice(0, 200)}`;
  },
  decideWith: "kubectl get ns NAMESPACE --show-labels",
  references: [
    "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
    "https://github.com/prometheus-community/helm-charts/issues/4837",
  ],
  fix: (finding) => ({
    summary: finding.says.includes("SCC")
      ? "Allow the ServiceAccount the SCC it needs (oc adm policy add-scc-to-user), in a namespace of its own"
      : "Label the namespace pod-security.kubernetes.io/enforce=privileged, best in a namespace of its own for node-exporter and log agents; a label on the pod does nothing",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Let this namespace run privileged pods",
        command:
          "kubectl label namespace NAMESPACE pod-security.kubernetes.io/enforce=privileged --overwrite",
      },
    ],
  }),
});
