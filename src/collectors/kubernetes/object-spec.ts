// The spec of a pod, from a pod or from the template of a workload: containers, probes, mounts, volumes.
import type {
  Container,
  EnvVar,
  PodSpec,
  Probe,
  SecurityContext,
  Volume,
  VolumeMount,
} from "../../model/kubernetes.ts";
import { known } from "./row.ts";
import type { TreeNode } from "./tree.ts";

export function specFromNode(spec: TreeNode): PodSpec {
  const init = spec.get("initContainers")?.items() ?? [];
  const main = spec.get("containers")?.items() ?? [];
  const tolerations = spec.get("tolerations")?.items();
  return {
    at: spec.at,
    containers: [
      ...init.map((node) => containerFromNode(node, true)),
      ...main.map((node) => containerFromNode(node, false)),
    ],
    volumes: (spec.get("volumes")?.items() ?? []).map(volumeFromNode),
    ...known({
      security: securityFromNode(spec.get("securityContext")),
      serviceAccount: spec.text("serviceAccountName") ?? spec.text("serviceAccount"),
      hostNetwork: spec.flag("hostNetwork"),
      hostPID: spec.flag("hostPID"),
      nodeSelector: spec.record("nodeSelector"),
      tolerations: tolerations?.map((node) =>
        known({
          key: node.text("key"),
          operator: node.text("operator"),
          value: node.text("value"),
          effect: node.text("effect"),
        }),
      ),
      dnsPolicy: spec.text("dnsPolicy"),
      terminationGracePeriodSeconds: spec.number("terminationGracePeriodSeconds"),
    }),
  };
}

export function containerFromNode(node: TreeNode, init: boolean): Container {
  return {
    at: node.at,
    name: node.text("name") ?? "",
    init,
    ...known({
      image: node.text("image"),
      command: node.texts("command"),
      args: node.texts("args"),
      ports: node.get("ports")?.items().flatMap(portFromNode),
      env: envFromNode(node),
      mounts: node.get("volumeMounts")?.items().flatMap(mountFromNode),
      startupProbe: probeFromNode(node.get("startupProbe")),
      livenessProbe: probeFromNode(node.get("livenessProbe")),
      readinessProbe: probeFromNode(node.get("readinessProbe")),
      security: securityFromNode(node.get("securityContext")),
      limits: node.record("resources", "limits"),
      requests: node.record("resources", "requests"),
    }),
  };
}

function portFromNode(node: TreeNode): NonNullable<Container["ports"]>[number][] {
  const containerPort = node.number("containerPort");
  if (containerPort === undefined) return [];
  const more = known({
    name: node.text("name"),
    hostPort: node.number("hostPort"),
    protocol: node.text("protocol"),
  });
  return [{ containerPort, ...more }];
}

const secretName = /pass(?:word|wd|phrase)?|secret|token|credential|api_?key|private_?key|access_?key/i;

/** A value whose variable is named like a secret is not kept; a path to one is no secret. */
export function envValue(name: string, value: string | undefined): string | undefined {
  if (value === undefined || !secretName.test(name) || /_(?:file|path|dir)$/i.test(name)) return value;
  return value === "" || /^(?:true|false)$/i.test(value) ? value : "[redacted]";
}

function envFromNode(node: TreeNode): readonly EnvVar[] | undefined {
  const env = node.get("env")?.items();
  const from = node.get("envFrom")?.items();
  if (!env && !from) return undefined;
  const named = (env ?? []).flatMap((item): EnvVar[] => {
    const name = item.text("name");
    if (name === undefined) return [];
    const value = envValue(name, item.text("value"));
    return [{ at: item.at, name, ...known({ value, from: sourceOfEnv(item.get("valueFrom")) }) }];
  });
  const whole = (from ?? []).flatMap((item): EnvVar[] => {
    const config = item.text("configMapRef", "name");
    const secret = item.text("secretRef", "name");
    const source = config ? `configmap ${config}` : secret ? `secret ${secret}` : undefined;
    return source ? [{ at: item.at, name: `${item.text("prefix") ?? ""}*`, from: source }] : [];
  });
  return [...named, ...whole];
}

/** In the words of `kubectl describe`: `configmap loki/key`, `secret grafana/admin-password`, `field status.podIP`. */
function sourceOfEnv(node: TreeNode | undefined): string | undefined {
  const config = node?.get("configMapKeyRef");
  if (config) return `configmap ${config.text("name") ?? "?"}/${config.text("key") ?? "?"}`;
  const secret = node?.get("secretKeyRef");
  if (secret) return `secret ${secret.text("name") ?? "?"}/${secret.text("key") ?? "?"}`;
  const field = node?.text("fieldRef", "fieldPath") ?? node?.text("resourceFieldRef", "resource");
  return field === undefined ? undefined : `field ${field}`;
}

function mountFromNode(node: TreeNode): VolumeMount[] {
  const name = node.text("name");
  const mountPath = node.text("mountPath");
  if (name === undefined || mountPath === undefined) return [];
  const subPath = node.text("subPath") ?? node.text("subPathExpr");
  return [{ at: node.at, name, mountPath, ...known({ subPath, readOnly: node.flag("readOnly") }) }];
}

/** Left-out numbers are the API's defaults. */
function probeFromNode(node: TreeNode | undefined): Probe | undefined {
  if (!node) return undefined;
  const http = node.get("httpGet");
  const tcp = node.get("tcpSocket");
  const grpc = node.get("grpc");
  const exec = node.get("exec");
  if (!http && !tcp && !grpc && !exec) return undefined;
  return {
    at: node.at,
    type: http ? "http" : tcp ? "tcp" : grpc ? "grpc" : "exec",
    ...known({
      path: http ? (http.text("path") ?? "/") : undefined,
      port: (http ?? tcp ?? grpc)?.text("port"),
      command: exec?.texts("command"),
    }),
    initialDelaySeconds: node.number("initialDelaySeconds") ?? 0,
    timeoutSeconds: node.number("timeoutSeconds") ?? 1,
    periodSeconds: node.number("periodSeconds") ?? 10,
    failureThreshold: node.number("failureThreshold") ?? 3,
  };
}

function securityFromNode(node: TreeNode | undefined): SecurityContext | undefined {
  if (!node) return undefined;
  const groups = node.texts("supplementalGroups")?.map(Number);
  return {
    at: node.at,
    ...known({
      runAsUser: node.number("runAsUser"),
      runAsGroup: node.number("runAsGroup"),
      fsGroup: node.number("fsGroup"),
      supplementalGroups: groups,
      runAsNonRoot: node.flag("runAsNonRoot"),
      readOnlyRootFilesystem: node.flag("readOnlyRootFilesystem"),
      privileged: node.flag("privileged"),
      capabilitiesAdd: node.texts("capabilities", "add"),
      capabilitiesDrop: node.texts("capabilities", "drop"),
      seccompProfile: node.text("seccompProfile", "type"),
    }),
  };
}

function volumeFromNode(node: TreeNode): Volume {
  const name = node.text("name") ?? "";
  const volume = (type: Volume["type"], ref?: string, inner?: TreeNode): Volume => ({
    at: node.at,
    name,
    type,
    ...known({
      ref,
      optional: inner?.flag("optional"),
      items: inner
        ?.get("items")
        ?.items()
        .flatMap((item) => item.text("key") ?? []),
    }),
  });
  const hostPath = node.get("hostPath");
  if (hostPath) return volume("hostPath", hostPath.text("path"));
  const claim = node.get("persistentVolumeClaim");
  if (claim) return volume("persistentVolumeClaim", claim.text("claimName"));
  const config = node.get("configMap");
  if (config) return volume("configMap", config.text("name"), config);
  const secret = node.get("secret");
  if (secret) return volume("secret", secret.text("secretName"), secret);
  const nfs = node.get("nfs");
  if (nfs) return volume("nfs", `${nfs.text("server") ?? ""}:${nfs.text("path") ?? ""}`);
  const csi = node.get("csi");
  if (csi) return volume("csi", csi.text("driver"));
  if (isPresent(node, "emptyDir")) return volume("emptyDir");
  return volume(isPresent(node, "projected") ? "projected" : "other");
}

/** `emptyDir:` without anything behind it counts as well. */
function isPresent(node: TreeNode, key: string): boolean {
  return typeof node.value === "object" && node.value !== null && key in node.value;
}
