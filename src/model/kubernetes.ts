// Kubernetes facts, normalised: the same shape from API JSON, YAML, `kubectl get` tables and `describe` text.
// Fields are optional because a table shows less than an object; rules treat "not shown" as unknown, never as "not set".
import type { Place } from "./place.ts";

export type Origin = "live" | "manifest";

export interface KubernetesName {
  readonly namespace?: string;
  readonly name: string;
}

export interface ContainerState {
  readonly at: Place;
  readonly state: "running" | "waiting" | "terminated";
  /** CrashLoopBackOff, ImagePullBackOff, OOMKilled, Completed, Error, … */
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  readonly signal?: number;
  readonly startedMs?: number;
  readonly finishedMs?: number;
}

export interface Probe {
  readonly at: Place;
  readonly type: "http" | "tcp" | "exec" | "grpc";
  readonly path?: string;
  readonly port?: string;
  readonly command?: readonly string[];
  readonly initialDelaySeconds: number;
  readonly timeoutSeconds: number;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

export interface SecurityContext {
  readonly at: Place;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly runAsNonRoot?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly privileged?: boolean;
  readonly capabilitiesAdd?: readonly string[];
  readonly capabilitiesDrop?: readonly string[];
  readonly seccompProfile?: string;
}

export interface VolumeMount {
  readonly at: Place;
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

export interface EnvVar {
  readonly at: Place;
  readonly name: string;
  /** Already redacted when the name looks secret. */
  readonly value?: string;
  readonly from?: string;
}

export interface Container {
  readonly at: Place;
  readonly name: string;
  readonly init: boolean;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly hostPort?: number;
    readonly protocol?: string;
  }[];
  readonly env?: readonly EnvVar[];
  readonly mounts?: readonly VolumeMount[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly security?: SecurityContext;
  readonly limits?: Readonly<Record<string, string>>;
  readonly requests?: Readonly<Record<string, string>>;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface Volume {
  readonly at: Place;
  readonly name: string;
  readonly type:
    | "hostPath"
    | "persistentVolumeClaim"
    | "configMap"
    | "secret"
    | "emptyDir"
    | "projected"
    | "nfs"
    | "csi"
    | "other";
  /** Path of a hostPath, name of the claim, ConfigMap or Secret. */
  readonly ref?: string;
  readonly optional?: boolean;
  /** Keys named under items: of a ConfigMap or Secret volume. */
  readonly items?: readonly string[];
}

/** Spec of a pod, from a pod or from the template of a workload. */
export interface PodSpec {
  readonly at: Place;
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
  readonly security?: SecurityContext;
  readonly serviceAccount?: string;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly {
    readonly key?: string;
    readonly operator?: string;
    readonly value?: string;
    readonly effect?: string;
  }[];
  readonly dnsPolicy?: string;
  readonly terminationGracePeriodSeconds?: number;
}

/** `name` is "" for a piece of describe output (one container's states) that does not say which pod it is about. */
export interface Pod extends KubernetesName {
  readonly at: Place;
  readonly origin: Origin;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerKind?: string;
  readonly ownerName?: string;
  readonly node?: string;
  readonly ip?: string;
  /** Pending, Running, Succeeded, Failed, Unknown. */
  readonly phase?: string;
  /** The STATUS column or status.reason: CrashLoopBackOff, Init:Error, Evicted, Terminating, … */
  readonly statusText?: string;
  readonly statusMessage?: string;
  readonly readyContainers?: number;
  readonly totalContainers?: number;
  /** Condition Ready; undefined when the evidence does not show it. */
  readonly ready?: boolean;
  readonly restarts?: number;
  /** Seconds since the last restart, as `kubectl get` prints in brackets. */
  readonly lastRestartSecondsAgo?: number;
  readonly ageSeconds?: number;
  readonly startedMs?: number;
  readonly deleting?: boolean;
  readonly conditions?: readonly {
    readonly at: Place;
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
    /** Since when it has this status, in milliseconds since 1970. */
    readonly sinceMs?: number;
  }[];
  readonly spec?: PodSpec;
  /** An earlier sight of the same pod name (older start time) in the same evidence. */
  readonly earlier?: Pod;
}

export interface Workload extends KubernetesName {
  readonly at: Place;
  readonly origin: Origin;
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" | "CronJob";
  readonly labels?: Readonly<Record<string, string>>;
  readonly selector?: Readonly<Record<string, string>>;
  readonly templateLabels?: Readonly<Record<string, string>>;
  readonly templateAnnotations?: Readonly<Record<string, string>>;
  readonly desired?: number;
  readonly current?: number;
  readonly ready?: number;
  readonly updateStrategy?: string;
  readonly serviceName?: string;
  readonly volumeClaimTemplates?: readonly {
    readonly at: Place;
    readonly name: string;
    readonly storageClass?: string;
    readonly accessModes?: readonly string[];
  }[];
  readonly spec?: PodSpec;
}

export interface ServicePort {
  readonly at: Place;
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: string;
  readonly nodePort?: number;
  readonly protocol?: string;
}

export interface Service extends KubernetesName {
  readonly at: Place;
  readonly origin: Origin;
  readonly type?: string;
  /** "None" for a headless Service. */
  readonly clusterIP?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly selector?: Readonly<Record<string, string>>;
  readonly selectorAt?: Place;
  readonly ports?: readonly ServicePort[];
  readonly publishNotReadyAddresses?: boolean;
  readonly externalName?: string;
}

/** Endpoints or EndpointSlices of one Service, added up. */
export interface Endpoints extends KubernetesName {
  readonly at: Place;
  /** `ip:port` or `ip` of ready addresses. */
  readonly ready: readonly string[];
  /** Undefined when the source (the Endpoints table) cannot show them. */
  readonly notReady?: readonly string[];
}

export interface Claim extends KubernetesName {
  readonly at: Place;
  readonly origin: Origin;
  readonly phase?: string;
  readonly volume?: string;
  /** "" when the evidence shows that there is none, undefined when it does not show the class. */
  readonly storageClass?: string;
  readonly capacity?: string;
  readonly accessModes?: readonly string[];
}

export interface PersistentVolume {
  readonly at: Place;
  readonly origin: Origin;
  readonly name: string;
  readonly phase?: string;
  readonly claim?: string;
  readonly claimRef?: KubernetesName & { readonly at: Place };
  readonly storageClass?: string;
  readonly capacity?: string;
  readonly accessModes?: readonly string[];
  readonly reclaimPolicy?: string;
  readonly type?: "hostPath" | "local" | "nfs" | "csi" | "other";
  readonly path?: string;
  readonly csiDriver?: string;
  readonly fsType?: string;
  readonly nodeNames?: readonly string[];
}

export interface StorageClass {
  readonly at: Place;
  readonly origin: Origin;
  readonly name: string;
  readonly provisioner?: string;
  readonly isDefault: boolean;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly volumeBindingMode?: string;
}

export interface Node {
  readonly at: Place;
  readonly name: string;
  readonly ready?: boolean;
  readonly statusText?: string;
  readonly unschedulable?: boolean;
  readonly version?: string;
  readonly runtime?: string;
  readonly osImage?: string;
  readonly arch?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect?: string }[];
  readonly conditions?: readonly {
    readonly at: Place;
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly internalIP?: string;
}

/** `name` is "" where the evidence (an Events: section alone) does not say which object the event is about. */
export interface KubernetesEvent extends KubernetesName {
  readonly at: Place;
  readonly type?: string;
  readonly reason: string;
  readonly message: string;
  readonly objectKind?: string;
  /** `namespace`/`name` are those of the object concerned. */
  readonly count?: number;
  readonly lastSeenSecondsAgo?: number;
  readonly firstSeenSecondsAgo?: number;
  readonly lastSeenMs?: number;
}

export interface ConfigMap extends KubernetesName {
  readonly at: Place;
  readonly origin: Origin;
  readonly keys: readonly { readonly name: string; readonly at: Place }[];
}

/** Any object, whole: custom resources (Prometheus, ServiceMonitor, …), RBAC, webhooks, quotas, policies, Ingress. */
export interface KubernetesObject extends KubernetesName {
  readonly at: Place;
  readonly origin: Origin;
  readonly kind: string;
  readonly apiVersion: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Line of a path such as ["spec", "selector"] in the source; the object's first line when unknown. */
  readonly lines: LineIndex;
}

/** JSON pointer (`/spec/ports/0`) to 1-based line of the source. */
export type LineIndex = Readonly<Record<string, number>>;
