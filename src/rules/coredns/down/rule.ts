// The cluster's name server answers nobody: every name fails, not just one.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import type { Node } from "../../../model/kubernetes.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { valueAt } from "../../../stack/config-value.ts";
import { repair } from "../../change-configuration.ts";
import { changeObject } from "../../change-object.ts";
import { readDialError } from "../../dial-text.ts";
import { matches } from "../../line-match.ts";
import { crashing, isReady } from "../../pod-state.ts";

const failing = [
  "lookup {name} on {server}:53: read udp {from}: i/o timeout",
  "lookup {name} on {server}:53: {what*}: connection refused",
  "lookup {name} on {server}:53: server misbehaving",
  "lookup {name}: Temporary failure in name resolution",
  "Temporary failure in name resolution",
  "lookup {name}: Try again",
];
const own = [
  "plugin/loop: Loop ({from}) detected for zone",
  "plugin/forward: no nameservers found",
  "[FATAL] plugin/",
  "Corefile:{line#} - Error during parsing: {error*}",
];
const [failingPatterns, ownPatterns] = [failing, own].map((texts) => texts.map(compilePattern));

export const rule = defineRule({
  id: "coredns/down",
  title: "CoreDNS, the cluster's name server, does not answer: lookups of every name fail",
  why: "Pods ask the Service kube-dns (10.96.0.10 and the like). When no CoreDNS pod is ready, its Corefile is invalid, it finds a forwarding loop, or packets to it are lost, lookups time out or are refused for all names alike. A single name that is answered with `no such host` is another matter.",
  severity: "critical",
  component: "coredns",
  layer: "dns",
  nature: "cause",
  effect: "host-down",
  needs: [],
  needsAny: ["text.lines", "kubernetes.pods", "kubernetes.endpoints"],
  uses: ["kubernetes.objects", "kubernetes.nodes"],
  texts: [...failing, ...own],
  rivals: [
    {
      rule: "kubernetes/service-without-endpoints",
      tellApart: "there one name gives no such host, others resolve",
    },
    { rule: "kubernetes/service-name-wrong", tellApart: "there the server answers: no such host" },
  ],
  decideWith:
    "kubectl -n kube-system get pods -l k8s-app=kube-dns; kubectl run dns-test --rm -it --image=busybox --restart=Never -- nslookup kubernetes.default",
  references: [
    "https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/",
    "https://coredns.io/plugins/loop/#troubleshooting",
  ],
  check(facts, stack) {
    const lines = facts["text.lines"];
    const reason = lines.findLast(
      (line) =>
        matches(ownPatterns ?? [], line) && (line.component === undefined || line.component === "coredns"),
    );
    const pods = facts["kubernetes.pods"].filter(
      (pod) => pod.origin === "live" && /^(coredns|kube-dns)-/.test(pod.name),
    );
    const down = pods.length > 0 && pods.every((pod) => !isReady(pod) || crashing(pod));
    const empty = facts["kubernetes.endpoints"].find(
      (entry) => entry.name === "kube-dns" && entry.ready.length === 0,
    );
    const names = new Map<string, ProofDraft>();
    const resolvers = new Set<string>();
    for (const line of lines) {
      if (!matches(failingPatterns ?? [], line)) continue;
      const error = readDialError(line.text);
      if (error?.outcome !== "dns-failure" && error?.outcome !== "timeout" && error?.outcome !== "refused")
        continue;
      const host = error.host;
      if (!host || /^[\d.:]+$/.test(host)) continue;
      names.set(host, { ...line.at, excerpt: line.text });
      if (error.resolver) resolvers.add(error.resolver.replace(/:53$/, ""));
    }
    const isCluster =
      [...resolvers].some((server) => !/^127\./.test(server)) &&
      [...names.keys()].some((name) => /\.svc\b|^[^.]+$|cluster\.local/.test(name));
    if (!reason && !down && !empty && !(isCluster && names.size >= 2)) return [];
    // Pods that went with their node are not CoreDNS's own fault; the node has a rule.
    const lost = lostNodes(facts["kubernetes.nodes"]);
    if (!reason && down && pods.every(({ node }) => node !== undefined && lost.has(node))) return [];
    const component = stack.components.find((entry) => entry.kind === "coredns");
    const [first, second] = [...names.values()];
    const why = reason
      ? `: ${reason.text.slice(0, 160)}`
      : down
        ? `: ${pods.map((pod) => `${pod.name} is ${pod.statusText ?? pod.phase ?? "not ready"}`).join(", ")}`
        : empty
          ? ": the Service kube-dns has no ready endpoint"
          : `: ${[...resolvers].join(", ")} answers for none of ${[...names.keys()].slice(0, 3).join(", ")}`;
    const finding: FindingDraft = {
      subject: { kind: "cluster", id: "cluster DNS" },
      ...(component ? { component: component.id } : {}),
      says: `CoreDNS does not answer${why}; lookups of every name in the cluster fail`,
      proof: [
        ...(reason ? [{ ...reason.at, excerpt: reason.text }] : []),
        ...(down ? pods.map((pod) => pod.at) : []),
        ...(empty ? [empty.at] : []),
        ...[first, second].filter((entry) => entry !== undefined),
      ],
      certainty: reason || down || empty ? "proven" : "likely",
    };
    return [finding];
  },
  fix: (finding, facts) =>
    repair("Let CoreDNS run again: it was scaled to nothing", "disruptive", scaleUp(facts)) ?? {
      summary: finding.says.includes("Loop")
        ? "Break the loop: let the Corefile forward to real servers (forward . 1.1.1.1 or the kubelet's --resolv-conf=/run/systemd/resolve/resolv.conf) instead of the node's 127.0.0.53"
        : "Get the CoreDNS pods in kube-system ready (see their log and events), then test with nslookup kubernetes.default",
      risk: "disruptive",
      steps: [
        {
          do: "by-hand",
          title: "Look at CoreDNS",
          command:
            "kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide; kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50",
        },
      ],
    },
  explains: [
    { rule: "kubernetes/pod-crash-looping", via: "same-component", mechanism: "CoreDNS ends at this" },
    { rule: "kubernetes/pod-not-ready", via: "same-component", mechanism: "CoreDNS does not become ready" },
  ],
});

function lostNodes(nodes: readonly Node[]): ReadonlySet<string> {
  return new Set(nodes.filter(({ ready }) => ready === false).map(({ name }) => name));
}

/** Only what was scaled to nothing; pods that are there and do not work have reasons of their own. */
function scaleUp(facts: Pick<Facts, "kubernetes.objects">): readonly Step[] {
  const names = ["coredns", "kube-dns", "rke2-coredns-rke2-coredns"];
  return names.flatMap((name) =>
    changeObject(
      facts,
      { kind: "Deployment", namespace: "kube-system", name },
      `Run ${name} again`,
      (value) =>
        valueAt(value, "spec", "replicas") === 0
          ? [{ op: "replace", path: ["spec", "replicas"], value: 1, expect: 0 }]
          : [],
    ),
  );
}
