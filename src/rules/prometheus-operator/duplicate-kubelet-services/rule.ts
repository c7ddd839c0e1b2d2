// The kubelet Service of an older release was left behind: every node is scraped twice.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "found duplicate series for the match group {group*} on the right hand-side of the operation: {series*}",
  "found duplicate series for the match group {group*} on the left hand-side of the operation: {series*}",
  "many-to-many matching not allowed: matching labels must be unique on one side",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "prometheus-operator/duplicate-kubelet-services",
  title:
    "Two Services in kube-system expose the same kubelets, so every kubelet and cAdvisor series exists twice",
  why: "The operator itself creates the kubelet Service, and Helm does not remove it with the release. A second release under another name makes a second one with the same label k8s-app=kubelet: the ServiceMonitor takes both, rules fail with many-to-many matching (found duplicate series), sums are doubled.",
  severity: "warning",
  component: "prometheus-operator",
  layer: "discovery",
  nature: "cause",
  effect: "no-answer",
  needs: [],
  needsAny: ["text.lines", "kubernetes.services"],
  texts,
  decideWith: "kubectl -n kube-system get svc -l k8s-app=kubelet",
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/635",
    "https://github.com/prometheus-operator/prometheus-operator/issues/6188",
  ],
  check(facts, stack) {
    const services = facts["kubernetes.services"].filter(
      (service) =>
        /-kubelet$|^kubelet$/.test(service.name) && (service.namespace ?? "kube-system") === "kube-system",
    );
    const line = facts["text.lines"].findLast(
      (entry) => matches(patterns, entry) && /kubelet/.test(entry.text),
    );
    const told = [
      ...new Set([...(line?.text ?? "").matchAll(/service=\\*"([^"\\]+)/g)].map((match) => match[1] ?? "")),
    ].filter((name) => /kubelet/.test(name));
    const names = services.length > 1 ? services.map((service) => service.name) : told;
    if (names.length < 2) return [];
    const owner = line ? componentOfLine(stack, line) : undefined;
    const finding: FindingDraft = {
      subject: { kind: "service", id: names.join(", ") },
      ...(owner ? { component: owner.id } : {}),
      says: `The kubelets are exposed by ${names.length} Services (${names.join(", ")}): every series exists twice, and rules fail with duplicate series (many-to-many matching); one is left over from another release`,
      proof: [
        ...(line ? [{ ...line.at, excerpt: line.text }] : []),
        ...services.slice(0, services.length > 1 ? 3 : 0).map((service) => service.at),
      ],
      certainty: "proven",
    };
    return [finding];
  },
  fix: (finding) => ({
    summary: `Delete the kubelet Service that no running operator owns (${finding.subject.id}): see --kubelet-service of the operator for the one in use`,
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See which of them the running operator keeps, delete the other",
        command:
          "kubectl get deploy -A -o yaml | grep -- --kubelet-service; kubectl -n kube-system get svc -l k8s-app=kubelet",
      },
    ],
  }),
});
