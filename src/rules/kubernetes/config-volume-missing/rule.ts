// The pod mounts (or takes its environment from) a ConfigMap or Secret that does not exist.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/config-volume-missing",
  title: "A pod refers to a ConfigMap or Secret that does not exist",
  why: "The kubelet mounts every ConfigMap and Secret of the pod before it starts a container. One that is not there (never created, another namespace, another name, a failed apply) keeps the pod in ContainerCreating; in env it ends as CreateContainerConfigError.",
  severity: "critical",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "volume",
  from: "any",
  texts: [
    'MountVolume.SetUp failed for volume "{volume}" : configmap "{configmap}" not found',
    'MountVolume.SetUp failed for volume "{volume}" : secret "{secret}" not found',
    'MountVolume.SetUp failed for volume "{volume}" : secrets "{secret}" not found',
    'MountVolume.SetUp failed for volume "{volume}" : configmaps "{configmap}" not found',
    'MountVolume.SetUp failed for volume "{volume}" : references non-existent {what} key: {key}',
    'Error: configmap "{configmap}" not found',
    'Error: secret "{secret}" not found',
    "Error: couldn't find key {key} in {kind} {object}",
  ],
  confirm: (hit) => {
    const { configmap, secret, key, volume } = hit.captures;
    const object = configmap ? `ConfigMap ${configmap}` : secret ? `Secret ${secret}` : undefined;
    const isAlertmanager = /^(alertmanager-|.*alertmanager)/.test(secret ?? "");
    return {
      holds: true,
      says: object
        ? `${hit.line.pod ? `Pod ${hit.line.pod}` : "The pod"} needs ${object}${volume ? ` for volume ${volume}` : ""}, which does not exist in its namespace${isAlertmanager ? ": nobody created the Alertmanager configuration (key alertmanager.yaml)" : ""}`
        : `${hit.line.pod ? `Pod ${hit.line.pod}` : "The pod"} needs key ${key} of ${hit.captures.object ?? "a ConfigMap or Secret"}, which has no such key`,
    };
  },
  says: ({ line }) => line.text,
  rivals: [
    {
      rule: "alertmanager/config-rejected",
      tellApart: "there the Secret exists and the operator rejects its content",
    },
  ],
  decideWith: "kubectl -n NAMESPACE get configmap,secret",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/3090",
    "https://kubernetes.io/docs/concepts/configuration/configmap/#using-configmaps",
  ],
  fix: (finding) => ({
    summary: finding.says.includes("alertmanager.yaml")
      ? "Create the Secret alertmanager-NAME with the key alertmanager.yaml in the pod's namespace (stringData avoids base64 faults)"
      : "Create the object in the pod's namespace, or remove the reference to it (spec.secrets, spec.configMaps, extra volumes)",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See what exists in that namespace",
        command: "kubectl -n NAMESPACE get configmap,secret",
      },
    ],
  }),
});
