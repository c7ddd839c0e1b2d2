// A line of ours in a pod's log: one short-lived pod per node whose logs an agent reads, made of the agent's own image.
import type { CanaryPod } from "../model/canary.ts";
import type { Component, Stack } from "../model/stack.ts";

/** Nodes beyond these are like those before them. */
const mostNodes = 20;

/** Whoever makes a picture of a cluster leaves pods with it out: they are no part of the stack. */
export const canaryLabel = "io.watchmend.canary";

export interface CanaryPlan {
  readonly node: string;
  /** Id of the agent. */
  readonly agent: string;
  /** What its log will hold. */
  readonly line: string;
  readonly pod: CanaryPod;
}

/**
 * `nonceOf` and `nameOf` give random words per node; they must not be the same, because names of pods stand in other logs.
 * A program that is told to read a configuration that is not there says so in one line and ends before it does anything: that
 * needs no shell in the image, no volume and no rights.
 */
export function canaryPods(stack: Stack, nonceOf: () => string, nameOf: () => string): readonly CanaryPlan[] {
  const planned = new Map<string, CanaryPlan>();
  for (const component of stack.components) {
    for (const { node, namespace, ready, origin } of component.pods) {
      if (node === undefined || namespace === undefined || !ready || origin !== "live") continue;
      if (planned.has(node) || planned.size >= mostNodes) continue;
      const line = `watchmend-canary-${nonceOf()}`;
      const args = argsOf(component, line);
      const image = component.container?.image;
      if (args === undefined || image === undefined) continue;
      const name = `watchmend-canary-${nameOf()}`;
      const command = ownProgram(component);
      planned.set(node, {
        node,
        agent: component.id,
        line,
        pod: podOf({ name, namespace, node, image, args, ...(command ? { command } : {}) }),
      });
    }
  }
  return [...planned.values()];
}

function argsOf({ kind }: Component, line: string): readonly string[] | undefined {
  if (kind === "promtail") return [`-config.file=/${line}`];
  return kind === "alloy" ? ["run", `/${line}`] : undefined;
}

/** Where the pod of the agent names the program, the image's own entry point may be another. A shell would need a script. */
function ownProgram({ container }: Component): readonly string[] | undefined {
  const program = container?.command?.[0];
  return program === undefined || /(?:^|\/)(?:ba|a|da|z)?sh$/.test(program) ? undefined : [program];
}

function podOf(from: {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly command?: readonly string[];
}): CanaryPod {
  const { name, namespace, node, ...run } = from;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      labels: {
        "app.kubernetes.io/name": "watchmend-canary",
        "app.kubernetes.io/managed-by": "watchmend",
        [canaryLabel]: "line",
      },
    },
    spec: {
      nodeName: node,
      // agents leave out pods that have ended; one that is started again stays Running for them
      restartPolicy: "OnFailure",
      activeDeadlineSeconds: 180,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: "Exists" }],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_534,
        runAsGroup: 65_534,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "canary",
          ...run,
          // the image lies on the node, for the agent runs from it
          imagePullPolicy: "IfNotPresent",
          resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  };
}
