// Does a NetworkPolicy let a client in? Policies add up; a pod that none selects is open.
import type { KubernetesObject } from "../model/kubernetes.ts";
import { listAt, textAt, valueAt } from "./config-value.ts";

type Labels = Readonly<Record<string, string>>;

/** One end of a connection. `labels` undefined: not shown. */
export interface PolicyEnd {
  readonly namespace?: string;
  readonly labels?: Labels;
}

export interface IngressVerdict {
  /** False only when every policy that selects the target was read completely and none admits the client. */
  readonly admitted: boolean | undefined;
  readonly policies: readonly KubernetesObject[];
}

export function ingressVerdict(
  objects: readonly KubernetesObject[],
  target: PolicyEnd,
  client: PolicyEnd,
  port?: number,
): IngressVerdict {
  const selecting = objects.filter(
    (object) => isIngressPolicy(object) && inNamespace(object, target.namespace),
  );
  const picks = selecting.map((policy) => ({
    policy,
    selected: matchesSelector(valueAt(policy.value, "spec", "podSelector"), target.labels),
  }));
  const policies = picks.filter((pick) => pick.selected !== false).map((pick) => pick.policy);
  if (policies.length === 0) return { admitted: true, policies };
  const answers = policies.flatMap((policy) =>
    rulesOf(policy).map((rule) => admits(rule, policy.namespace, client, port)),
  );
  if (answers.includes(true)) return { admitted: true, policies };
  const isUnsure = answers.includes(undefined) || picks.some((pick) => pick.selected === undefined);
  return { admitted: isUnsure ? undefined : false, policies };
}

export function isIngressPolicy(object: KubernetesObject): boolean {
  if (object.kind !== "NetworkPolicy" || !object.apiVersion.includes("networking.k8s.io")) return false;
  if (valueAt(object.value, "spec") === undefined) return false;
  const types = listAt(object.value, "spec", "policyTypes");
  return types.length === 0 || types.includes("Ingress");
}

function inNamespace(object: KubernetesObject, namespace: string | undefined): boolean {
  return !object.namespace || !namespace || object.namespace === namespace;
}

function rulesOf(policy: KubernetesObject): readonly unknown[] {
  return listAt(policy.value, "spec", "ingress");
}

/** A rule without `from` admits everybody; without `ports` every port. */
function admits(
  rule: unknown,
  namespace: string | undefined,
  client: PolicyEnd,
  port: number | undefined,
): boolean | undefined {
  const peers = listAt(rule, "from");
  const byPeer = peers.length === 0 ? true : anyOf(peers.map((peer) => admitsPeer(peer, namespace, client)));
  const ports = listAt(rule, "ports");
  const byPort = ports.length === 0 ? true : anyOf(ports.map((entry) => admitsPort(entry, port)));
  if (byPeer === false || byPort === false) return false;
  return byPeer === true && byPort === true ? true : undefined;
}

function admitsPeer(peer: unknown, namespace: string | undefined, client: PolicyEnd): boolean | undefined {
  if (valueAt(peer, "ipBlock") !== undefined) return undefined;
  const namespaces = valueAt(peer, "namespaceSelector");
  const inReach =
    namespaces === undefined
      ? !namespace || !client.namespace
        ? undefined
        : namespace === client.namespace
      : matchesNamespace(namespaces, client.namespace);
  const pods = valueAt(peer, "podSelector");
  const selected = pods === undefined ? true : matchesSelector(pods, client.labels);
  if (inReach === false || selected === false) return false;
  return inReach && selected ? true : undefined;
}

/** Only the name label of a namespace is known without the Namespace object. */
function matchesNamespace(selector: unknown, namespace: string | undefined): boolean | undefined {
  const labels = Object.entries(recordOf(valueAt(selector, "matchLabels")));
  if (listAt(selector, "matchExpressions").length > 0) return undefined;
  if (labels.length === 0) return true;
  if (!namespace) return undefined;
  const answers = labels.map(([key, value]) =>
    /^(kubernetes\.io\/metadata\.name|name)$/.test(key) ? String(value) === namespace : undefined,
  );
  return answers.includes(false) ? false : answers.every((answer) => answer === true) ? true : undefined;
}

function admitsPort(entry: unknown, port: number | undefined): boolean | undefined {
  const wanted = textAt(entry, "port");
  if (wanted === undefined) return true;
  if (port === undefined || !/^\d+$/.test(wanted)) return undefined;
  const end = Number(textAt(entry, "endPort") ?? wanted);
  return port >= Number(wanted) && port <= end;
}

function matchesSelector(selector: unknown, labels: Labels | undefined): boolean | undefined {
  const pairs = Object.entries(recordOf(valueAt(selector, "matchLabels")));
  const expressions = listAt(selector, "matchExpressions");
  if (pairs.length === 0 && expressions.length === 0) return true;
  if (!labels) return undefined;
  if (pairs.some(([key, value]) => labels[key] !== String(value))) return false;
  return expressions.every((expression) => matchesExpression(expression, labels));
}

function matchesExpression(expression: unknown, labels: Labels): boolean {
  const value = labels[textAt(expression, "key") ?? ""];
  const values = listAt(expression, "values").map(String);
  const operator = textAt(expression, "operator");
  if (operator === "Exists") return value !== undefined;
  if (operator === "DoesNotExist") return value === undefined;
  if (operator === "NotIn") return value === undefined || !values.includes(value);
  return value !== undefined && values.includes(value);
}

function anyOf(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
