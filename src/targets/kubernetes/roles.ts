// The rights that reading a cluster needs, as manifests, made from the same table that the reading goes by.
import { podSubresources, type ReadKind, readKinds, serverPaths } from "./kinds.ts";

export interface RoleOptions {
  /** Undefined: everything in all namespaces, one ClusterRole. */
  readonly namespaces?: readonly string[];
  /** Also the right to make and take away the pods of `validate --canary`, in these namespaces (or all). */
  readonly canary?: boolean;
  /** Also what `remediate` changes and `rollback` puts back. */
  readonly remediate?: boolean;
  readonly account: { readonly namespace: string; readonly name: string };
}

interface Rule {
  readonly groups?: readonly string[];
  readonly resources?: readonly string[];
  readonly paths?: readonly string[];
  readonly verbs: readonly string[];
  readonly why: readonly string[];
}

/** YAML for `kubectl apply -f -`. */
export function roleManifests({ namespaces, account, canary, remediate }: RoleOptions): string {
  const inNamespaces = [
    ...listRules(readKinds.filter((kind) => kind.namespaced)),
    ...podRules(),
    ...(canary ? [canaryRule] : []),
    ...(remediate ? changeRules : []),
  ];
  const inCluster = [
    ...listRules(readKinds.filter((kind) => !kind.namespaced)),
    ...serverRules(),
    ...(remediate ? clusterChangeRules : []),
  ];
  const name = remediate ? "watchmend-remediate" : "watchmend-read";
  const documents = [
    serviceAccount(account),
    ...(namespaces === undefined
      ? [clusterRole(name, [...inNamespaces, ...inCluster]), clusterRoleBinding(name, account)]
      : [
          clusterRole(name, inCluster),
          clusterRoleBinding(name, account),
          ...namespaces.flatMap((namespace) => [
            role(name, namespace, inNamespaces),
            roleBinding(name, namespace, account),
          ]),
        ]),
  ];
  return `${documents.join("---\n")}`;
}

/** Kinds of one API group make one rule; Secrets are in none. */
function listRules(kinds: readonly ReadKind[]): readonly Rule[] {
  const groups = [...new Set(kinds.map(({ group }) => group))];
  return groups.map((group) => {
    const own = kinds.filter((kind) => kind.group === group);
    return {
      groups: [group],
      resources: own.map(({ resource }) => resource),
      verbs: ["list"],
      why: own.map(({ resource, why }) => `${resource}: ${why}`),
    };
  });
}

function podRules(): readonly Rule[] {
  return podSubresources.map(({ subresource, verb, why }) => ({
    groups: [""],
    resources: [`pods/${subresource}`],
    verbs: [verb],
    why: [why],
  }));
}

const canaryRule: Rule = {
  groups: [""],
  resources: ["pods"],
  verbs: ["create", "delete"],
  why: [
    "validate --canary makes a pod per node that says one line, and deletes it; whoever may make pods may use",
    "every Secret and account of the namespace, so grant it in the agents' namespace only (--namespace)",
  ],
};

/** What is edited in place. Never Secrets, and no roles: whoever could patch those could grant himself the rest. */
const changedKinds: readonly (readonly [group: string, resources: readonly string[], why: string])[] = [
  ["", ["configmaps", "services"], "settings, selectors and ports that a repair edits"],
  ["apps", ["deployments", "statefulsets", "daemonsets"], "fields of workloads, and starting them again"],
  ["networking.k8s.io", ["ingresses", "networkpolicies"], "paths and openings that a repair edits"],
  [
    "monitoring.coreos.com",
    readKinds.flatMap(({ group, resource }) => (group === "monitoring.coreos.com" ? [resource] : [])),
    "what the operator makes its configuration of",
  ],
];

const patchRule = (groups: readonly string[], resources: readonly string[], why: string): Rule => ({
  groups,
  resources,
  verbs: ["get", "patch"],
  why: [why],
});

const changeRules: readonly Rule[] = [
  ...changedKinds.map(([group, resources, why]) => patchRule([group], resources, why)),
  {
    groups: [""],
    resources: ["pods"],
    verbs: ["get", "delete"],
    why: [
      "a pod is deleted so that its owner makes it again; whoever may edit workloads may use",
      "every Secret and account of the namespace, so grant it in the stack's namespaces only (--namespace)",
    ],
  },
  {
    groups: [""],
    resources: ["pods/proxy"],
    verbs: ["create"],
    why: ["a component is told to read its configuration again"],
  },
  {
    groups: ["coordination.k8s.io"],
    resources: ["leases"],
    verbs: ["get", "create", "update", "patch", "delete"],
    why: ["the lock: two repairs of one namespace at once are refused"],
  },
];

const clusterChangeRules: readonly Rule[] = [
  patchRule([""], ["persistentvolumes"], "volumes that are kept for a claim nobody has any more"),
];

function serverRules(): readonly Rule[] {
  return [
    {
      groups: ["authorization.k8s.io"],
      resources: ["selfsubjectaccessreviews"],
      verbs: ["create"],
      why: ["to ask what may be read before it is tried"],
    },
    { paths: serverPaths, verbs: ["get"], why: ["version and health of the API server"] },
  ];
}

function serviceAccount({ namespace, name: account }: RoleOptions["account"]): string {
  return `apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${account}
  namespace: ${namespace}
`;
}

function clusterRole(name: string, rules: readonly Rule[]): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${name}
rules:
${rules.map(ruleText).join("")}`;
}

function role(name: string, namespace: string, rules: readonly Rule[]): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: ${name}
  namespace: ${namespace}
rules:
${rules.map(ruleText).join("")}`;
}

function ruleText({ groups, resources, paths, verbs, why }: Rule): string {
  const lines = [
    ...why.map((reason) => `# ${reason}`),
    ...(groups ? [`- apiGroups: ${list(groups)}`] : []),
    ...(resources ? [`  resources: ${list(resources)}`] : []),
    ...(paths ? [`- nonResourceURLs: ${list(paths)}`] : []),
    `  verbs: ${list(verbs)}`,
  ];
  return lines.map((line) => `  ${line}\n`).join("");
}

function list(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}

function clusterRoleBinding(name: string, account: RoleOptions["account"]): string {
  return binding(name, "ClusterRoleBinding", "ClusterRole", undefined, account);
}

function roleBinding(name: string, namespace: string, account: RoleOptions["account"]): string {
  return binding(name, "RoleBinding", "Role", namespace, account);
}

function binding(
  name: string,
  kind: string,
  of: string,
  namespace: string | undefined,
  account: RoleOptions["account"],
): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata:
  name: ${name}
${namespace === undefined ? "" : `  namespace: ${namespace}\n`}roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ${of}
  name: ${name}
subjects:
  - kind: ServiceAccount
    name: ${account.name}
    namespace: ${account.namespace}
`;
}
