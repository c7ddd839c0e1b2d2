// The rights that reading a cluster needs, as manifests, made from the same table that the reading goes by.
import { podSubresources, type ReadKind, readKinds, serverPaths } from "./kinds.ts";

export interface RoleOptions {
  /** Undefined: everything in all namespaces, one ClusterRole. */
  readonly namespaces?: readonly string[];
  /** Also the right to make and take away the pods of `validate --canary`, in these namespaces (or all). */
  readonly canary?: boolean;
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
export function roleManifests({ namespaces, account, canary }: RoleOptions): string {
  const inNamespaces = [
    ...listRules(readKinds.filter((kind) => kind.namespaced)),
    ...podRules(),
    ...(canary ? [canaryRule] : []),
  ];
  const inCluster = [...listRules(readKinds.filter((kind) => !kind.namespaced)), ...serverRules()];
  const documents = [
    serviceAccount(account),
    ...(namespaces === undefined
      ? [clusterRole([...inNamespaces, ...inCluster]), clusterRoleBinding(account)]
      : [
          clusterRole(inCluster),
          clusterRoleBinding(account),
          ...namespaces.flatMap((namespace) => [
            role(namespace, inNamespaces),
            roleBinding(namespace, account),
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

const name = "watchmend-read";

function serviceAccount({ namespace, name: account }: RoleOptions["account"]): string {
  return `apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${account}
  namespace: ${namespace}
`;
}

function clusterRole(rules: readonly Rule[]): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${name}
rules:
${rules.map(ruleText).join("")}`;
}

function role(namespace: string, rules: readonly Rule[]): string {
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

function clusterRoleBinding(account: RoleOptions["account"]): string {
  return binding("ClusterRoleBinding", "ClusterRole", undefined, account);
}

function roleBinding(namespace: string, account: RoleOptions["account"]): string {
  return binding("RoleBinding", "Role", namespace, account);
}

function binding(
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
