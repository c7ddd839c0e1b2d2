// A NetworkPolicy selects the server and does not admit the client: packets are dropped, connections time out.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { KubernetesObject } from "../../../model/kubernetes.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { listAt, textAt, valueAt } from "../../../stack/config-value.ts";
import { kindOfName } from "../../../stack/identify.ts";
import { ingressVerdict, isIngressPolicy, type PolicyEnd } from "../../../stack/network-policy.ts";
import { repair } from "../../change-configuration.ts";
import { changeObject } from "../../change-object.ts";
import { splitName } from "../../change-selector.ts";
import { readDialError } from "../../dial-text.ts";
import { matches } from "../../line-match.ts";

const timeouts = [
  "i/o timeout",
  "context deadline exceeded",
  "504 Gateway Time-out",
  "Connection timed out",
  "Client.Timeout exceeded while awaiting headers",
  "request timed out",
];
const notes = ["NetworkPolic", "network polic", "default-deny", "default deny"];
const [timeoutPatterns, notePatterns] = [timeouts, notes].map((texts) => texts.map(compilePattern));

type Known = Pick<Facts, "kubernetes.objects" | "text.lines" | "prometheus.targets">;

export const rule = defineRule({
  id: "kubernetes/network-policy-blocks-client",
  title:
    "A NetworkPolicy does not admit a client (Prometheus, Grafana, an Ingress), so its connections time out",
  why: "As soon as one NetworkPolicy selects a pod, only what some policy allows reaches it; the rest is dropped without an answer. kube-prometheus ships such policies since 0.11, and a default deny in a target's namespace keeps Prometheus out although discovery lists the targets. kubectl port-forward goes around them.",
  severity: "critical",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  needs: [],
  needsAny: ["kubernetes.objects", "text.lines"],
  uses: ["prometheus.targets"],
  texts: [...timeouts, ...notes],
  rivals: [
    {
      rule: "kubernetes/cross-node-traffic-broken",
      tellApart: "there targets of all namespaces on other nodes are affected",
    },
    {
      rule: "kubernetes/service-without-endpoints",
      tellApart: "an empty Service refuses or does not resolve, it does not time out",
    },
  ],
  decideWith:
    "kubectl get networkpolicy -A; from the client's pod: wget -T5 -qO- http://SERVICE.NAMESPACE:PORT",
  references: [
    "https://github.com/prometheus-operator/kube-prometheus/issues/1719",
    "https://github.com/prometheus-operator/kube-prometheus/issues/1763",
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  ],
  check(facts, stack) {
    const byRelation = fromRelations(facts, stack);
    if (byRelation.length > 0) return byRelation;
    const byTargets = fromTargets(facts, stack);
    if (byTargets.length > 0) return byTargets;
    return fromTexts(facts);
  },
  fix: (finding, facts, stack) =>
    repair(
      "Admit the client, and nobody else, on the port it uses",
      "safe",
      admit(finding, facts, stack),
    ) ?? {
      summary: `Add a NetworkPolicy (they add up) or a from entry that admits the client: ${finding.says.match(/does not admit ([^:;,]+)/)?.[1] ?? "its namespace and pod labels"} on the port it uses`,
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title:
            "Allow ingress: from.namespaceSelector matchLabels kubernetes.io/metadata.name: CLIENT_NAMESPACE, ports: the metrics or web port",
          command: "kubectl -n NAMESPACE get networkpolicy -o yaml",
        },
      ],
    },
});

/** One more entry beside those of the policy that was named: the client's pods by their labels, one port. */
function admit(
  { subject, says }: FindingDraft,
  facts: Pick<Facts, "kubernetes.objects">,
  stack: Stack,
): readonly Step[] {
  const [client, server] = subject.id
    .split(" → ")
    .map((id) => stack.components.find((component) => component.id === id));
  const [, named] = /^NetworkPolicy (\S+) selects/.exec(says) ?? [];
  const labels = client && (client.workload?.selector ?? labelsOf(client));
  const port = server && portOf(server);
  if (!client || !server || !labels || Object.keys(labels).length === 0 || port === undefined || !named)
    return [];
  const { namespace, name } = splitName(named);
  const isNear = client.namespace === server.namespace;
  const peer = {
    ...(isNear
      ? {}
      : { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": client.namespace } } }),
    podSelector: { matchLabels: { ...labels } },
  };
  if (!isNear && client.namespace === undefined) return [];
  const entry = { from: [peer], ports: [{ port, protocol: "TCP" }] };
  return changeObject(
    facts,
    { kind: "NetworkPolicy", namespace, name },
    `Admit ${client.name} to port ${port} of ${server.name}`,
    () => [{ op: "append", path: ["spec", "ingress"], value: entry }],
  );
}

/** Both ends are known: the policies answer by themselves. */
function fromRelations(facts: Known, stack: Stack): FindingDraft[] {
  const findings = new Map<string, FindingDraft>();
  for (const relation of stack.relations) {
    const [client, server] = [relation.from, relation.to].map((id) =>
      stack.components.find((component) => component.id === id),
    );
    if (!client || !server || relation.works === true || client.id === server.id) continue;
    const labels = labelsOf(server);
    if (!labels) continue;
    const verdict = ingressVerdict(facts["kubernetes.objects"], endOf(server), endOf(client), portOf(server));
    const [policy] = verdict.policies;
    if (verdict.admitted !== false || !policy) continue;
    const seen = facts["text.lines"].findLast(
      (line) => line.component === client.kind && matches(timeoutPatterns ?? [], line),
    );
    findings.set(`${policy.name}|${client.id}`, {
      subject: { kind: "link", id: `${client.id} → ${server.id}` },
      component: server.id,
      says: `NetworkPolicy ${nameOf(policy)} selects ${server.name} and does not admit ${client.name}: connections from there are dropped and time out`,
      proof: [policy.at, ...(seen ? [{ ...seen.at, excerpt: seen.text }] : [])],
      certainty: "proven",
      concerns: [server.id, client.id],
    });
  }
  return [...findings.values()];
}

/** Targets of one namespace time out as a whole, and that namespace has a policy that does not name Prometheus'. */
function fromTargets(facts: Known, stack: Stack): FindingDraft[] {
  const prometheus = stack.components.find((component) => component.kind === "prometheus");
  const client: PolicyEnd = prometheus ? endOf(prometheus) : {};
  const findings: FindingDraft[] = [];
  for (const policy of facts["kubernetes.objects"].filter(isIngressPolicy)) {
    const { namespace } = policy;
    if (!namespace || namespace === client.namespace) continue;
    const targets = facts["prometheus.targets"].filter(
      (target) =>
        (target.labels.namespace ?? target.discoveredLabels?.__meta_kubernetes_namespace) === namespace &&
        !target.dropped,
    );
    const cut = targets.filter(
      (target) =>
        target.health === "down" &&
        /deadline exceeded|i\/o timeout|Client\.Timeout/.test(target.lastError ?? ""),
    );
    if (cut.length === 0 || targets.some((target) => target.health === "up")) continue;
    if (ingressVerdict([policy], { namespace }, client).admitted === true) continue;
    const [first] = cut;
    findings.push({
      subject: { kind: "object", id: `NetworkPolicy ${nameOf(policy)}` },
      ...(prometheus ? { component: prometheus.id } : {}),
      says: `NetworkPolicy ${nameOf(policy)} does not admit Prometheus${client.namespace ? ` (namespace ${client.namespace})` : ""}: all ${cut.length} targets of namespace ${namespace} time out although they are discovered`,
      proof: [policy.at, ...(first ? [first.errorAt ?? first.at] : [])],
      certainty: "proven",
    });
  }
  return findings;
}

/** Only the policy and time-outs, or only somebody's words about it. */
function fromTexts(facts: Known): FindingDraft[] {
  const cut = facts["text.lines"].findLast(
    (line) =>
      // An error that is quoted whole is the program's own, also between sentences.
      (line.stream !== "note" || /(?:Get|Post) \\?"https?:/.test(line.text)) &&
      line.stream !== "event" &&
      matches(timeoutPatterns ?? [], line) &&
      isTimeout(line.text),
  );
  if (!cut) return [];
  const host = readDialError(cut.text)?.host;
  const [peer, peerNamespace] = host?.split(".") ?? [];
  const policy = facts["kubernetes.objects"]
    .filter(isIngressPolicy)
    .find((entry) => fits(entry, peer, peerNamespace, cut.component, cut.text));
  const said = facts["text.lines"].find(
    (line) =>
      line.stream === "note" &&
      matches(notePatterns ?? [], line) &&
      !line.text.includes("?") &&
      !/\b(no|not|without|disabled|removed|deleted)\b[^.]{0,40}(network ?polic|default.deny)|(network ?polic\w*|default.deny)[^.]{0,30}\b(none|absent|not used)\b/i.test(
        line.text,
      ),
  );
  if (!policy && !said) return [];
  const who = cut.component ?? "the client";
  return [
    {
      subject: policy
        ? { kind: "object", id: `NetworkPolicy ${nameOf(policy)}` }
        : { kind: "link", id: `${who} → ${host ?? "the other side"}` },
      says: policy
        ? `NetworkPolicy ${nameOf(policy)} does not admit ${who}: its connections to ${host ?? "the pods"} time out`
        : `A NetworkPolicy (as the notes say) does not admit ${who}: its connections to ${host ?? "the other side"} time out`,
      proof: [
        ...(policy ? [policy.at] : []),
        ...(said ? [{ ...said.at, excerpt: said.text }] : []),
        { ...cut.at, excerpt: cut.text },
      ],
      certainty: "likely",
      concerns: host ? [host] : [],
    },
  ];
}

function isTimeout(text: string): boolean {
  const outcome = readDialError(text)?.outcome;
  return outcome === "timeout" || outcome === "http-error" || /timed out/.test(text);
}

function fits(
  policy: KubernetesObject,
  peer: string | undefined,
  namespace: string | undefined,
  client: string | undefined,
  text: string,
): boolean {
  const isAddress = peer !== undefined && /^\d+$/.test(peer);
  if (
    namespace &&
    !isAddress &&
    !/^(svc|cluster)$/.test(namespace) &&
    policy.namespace &&
    policy.namespace !== namespace
  )
    return false;
  const labels = Object.values(
    (valueAt(policy.value, "spec", "podSelector", "matchLabels") ?? {}) as Record<string, unknown>,
  ).map(String);
  const aboutPeer =
    labels.length === 0 ||
    // An address has no name, but the job of its target may.
    (isAddress && labels.some((label) => label.length > 2 && jobOf(text)?.includes(label))) ||
    (peer !== undefined &&
      !/^\d+$/.test(peer) &&
      labels.some((label) => kindOfName(label) !== undefined && kindOfName(label) === kindOfName(peer)));
  if (!aboutPeer) return false;
  const rules = listAt(policy.value, "spec", "ingress");
  const isOpen = rules.some((rule) => listAt(rule, "from").length === 0);
  const admitsClient = client !== undefined && rules.some((rule) => JSON.stringify(rule).includes(client));
  return !isOpen && !admitsClient;
}

function jobOf(text: string): string | undefined {
  return /\b(?:job|scrape_pool|scrapePool)="?([\w./-]{1,200})/.exec(text)?.[1]?.split(/[/.]/).join(" ");
}

function endOf(component: Component): PolicyEnd {
  const labels = labelsOf(component);
  return {
    ...(component.namespace ? { namespace: component.namespace } : {}),
    ...(labels ? { labels } : {}),
  };
}

function labelsOf(component: Component): Readonly<Record<string, string>> | undefined {
  return component.workload?.templateLabels ?? component.pods.find((pod) => pod.labels)?.labels;
}

function portOf(component: Component): number | undefined {
  return component.container?.ports?.length === 1 ? component.container.ports[0]?.containerPort : undefined;
}

function nameOf(policy: KubernetesObject): string {
  const name = textAt(policy.value, "metadata", "name") ?? policy.name;
  return policy.namespace ? `${policy.namespace}/${name}` : name;
}
