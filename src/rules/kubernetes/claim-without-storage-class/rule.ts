// Nobody provisions the claim: no class, no default class, or a class that does not exist.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import type { Claim, KubernetesEvent, StorageClass } from "../../../model/kubernetes.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import type { TextLine } from "../../../model/text.ts";
import { capture, matches } from "../../line-match.ts";

const texts = [
  "no persistent volumes available for this claim and no storage class is set",
  'storageclass.storage.k8s.io "{class}" not found',
  'StorageClass "{class}" not found',
];
const patterns = texts.map(compilePattern);
const echoes = ["unbound immediate PersistentVolumeClaims", "unbound PersistentVolumeClaims"];

export const rule = defineRule({
  id: "kubernetes/claim-without-storage-class",
  title: "A PersistentVolumeClaim stays Pending because it has no StorageClass that could provision it",
  why: "A claim without storageClassName uses the default StorageClass. Where none is marked as default (is-default-class), or the named class does not exist, and no PersistentVolume fits, nothing provisions a volume: the pod stays Pending with unbound immediate PersistentVolumeClaims.",
  severity: "critical",
  component: "kubernetes",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  needs: [],
  needsAny: ["text.lines", "kubernetes.claims"],
  uses: ["kubernetes.storageclasses", "kubernetes.volumes", "kubernetes.events"],
  texts: [...texts, ...echoes],
  rivals: [
    {
      rule: "kubernetes/volume-node-affinity-conflict",
      tellApart: "there the claim is Bound, to a volume of another zone or node",
    },
    {
      rule: "kubernetes/claimref-names-no-claim",
      tellApart: "there a volume is reserved for a claim of another name",
    },
  ],
  decideWith: "kubectl get storageclass; kubectl -n NAMESPACE describe pvc",
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/4946",
    "https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass",
  ],
  check(facts, stack) {
    const line = facts["text.lines"].findLast((entry) => matches(patterns, entry));
    const pending = facts["kubernetes.claims"].filter((claim) => claim.phase === "Pending");
    const findings: FindingDraft[] = [];
    for (const claim of pending) {
      const verdict = judge(claim, facts["kubernetes.storageclasses"], facts, line !== undefined);
      if (!verdict) continue;
      findings.push({
        ...subjectOf(claim, stack),
        says: `Claim ${nameOf(claim)} is Pending: ${verdict.says}`,
        proof: [claim.at, ...verdict.proof, ...(line ? [{ ...line.at, excerpt: line.text }] : [])],
        certainty: verdict.proof.length > 0 || line ? "proven" : "likely",
      });
    }
    if (findings.length > 0 || !line) return findings;
    const { class: named } = capture(patterns, line);
    if (named && isMadeByHand(named, facts)) return [];
    if (areBound(named, facts["kubernetes.claims"])) return [];
    const told = claimOfEvent(facts["kubernetes.events"], line);
    const owner = stack.components.find((component) =>
      told ? usesClaim(component, told) : component.kind === line.component,
    );
    const claim = told ? `Claim ${nameOf(told)}` : "The claim";
    return [
      {
        subject: { kind: "volume", id: told ? nameOf(told) : (line.pod ?? "claim") },
        ...(owner ? { component: owner.id } : {}),
        says: named
          ? `${claim} names StorageClass "${named}", which does not exist`
          : `${claim} has no storageClassName, no default StorageClass is set, and no persistent volume is available for it`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: "proven",
      },
    ];
  },
  fix: () => ({
    summary:
      'Mark a default class (storageclass.kubernetes.io/is-default-class: "true") or set the storageClassName in the chart\'s values; a claim that is Pending holds no data and must be deleted, since its class cannot be changed',
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Mark the default class",
        command: `kubectl patch storageclass NAME -p '{"metadata":{"annotations":{"storageclass.kubernetes.io/is-default-class":"true"}}}'`,
      },
    ],
  }),
});

function judge(
  claim: Claim,
  classes: readonly StorageClass[],
  facts: Pick<Facts, "kubernetes.volumes">,
  isTold: boolean,
): { says: string; proof: ProofDraft[] } | undefined {
  const isReserved = facts["kubernetes.volumes"].some(
    (volume) => volume.claimRef?.name === claim.name || volume.claim?.endsWith(`/${claim.name}`),
  );
  if (isReserved) return undefined;
  if (claim.storageClass) {
    if (isMadeByHand(claim.storageClass, facts)) return undefined;
    if (classes.length === 0 || classes.some((entry) => entry.name === claim.storageClass)) return undefined;
    const names = classes.map((entry) => entry.name).join(", ");
    return {
      says: `its StorageClass "${claim.storageClass}" does not exist (there is: ${names})`,
      proof: classes.slice(0, 1).map((entry) => entry.at),
    };
  }
  if (claim.storageClass === undefined && !isTold) return undefined;
  if (classes.some((entry) => entry.isDefault)) {
    if (!isTold) return undefined;
    return {
      says: "it was made without a storageClassName, and no persistent volume is available for it",
      proof: [],
    };
  }
  const names = classes.map((entry) => entry.name).join(", ");
  return {
    says: `it has no storageClassName, and the cluster has no default StorageClass${names ? ` (there is: ${names})` : ""}`,
    proof: classes.slice(0, 1).map((entry) => entry.at),
  };
}

/** Volumes made by hand carry a class that needs no StorageClass; why a free one is not taken is another question. */
function isMadeByHand(storageClass: string, facts: Pick<Facts, "kubernetes.volumes">): boolean {
  return facts["kubernetes.volumes"].some(
    (volume) => volume.storageClass === storageClass && volume.phase === "Available",
  );
}

/** Events outlive what they told: every claim that this could have been about has its volume by now. */
function areBound(storageClass: string | undefined, claims: readonly Claim[]): boolean {
  const meant = storageClass ? claims.filter((claim) => claim.storageClass === storageClass) : claims;
  return meant.length > 0 && meant.every(({ phase }) => phase === "Bound");
}

/** The claim that this event is about; a bare message names none. */
function claimOfEvent(events: readonly KubernetesEvent[], { at }: TextLine): KubernetesEvent | undefined {
  const event = events.find((one) => one.at.source === at.source && one.at.line === at.line);
  return event?.objectKind === "PersistentVolumeClaim" && event.name !== "" ? event : undefined;
}

type ClaimName = Pick<Claim, "namespace" | "name">;

function nameOf(claim: ClaimName): string {
  return claim.namespace ? `${claim.namespace}/${claim.name}` : claim.name;
}

function subjectOf(
  claim: Claim,
  stack: Stack,
): { subject: FindingDraft["subject"]; component?: string; concerns: string[] } {
  const owner = stack.components.find((component) => usesClaim(component, claim));
  return {
    subject: { kind: "volume", id: nameOf(claim) },
    ...(owner ? { component: owner.id } : {}),
    concerns: owner ? [owner.id] : [],
  };
}

/** By the pod's volumes, else by the habit of claim names: `data-loki-0` for pod loki-0, the claim named like the component. */
function usesClaim(component: Component, claim: ClaimName): boolean {
  if (claim.namespace && component.namespace && claim.namespace !== component.namespace) return false;
  const specs = [component.workload?.spec, ...component.pods.map((pod) => pod.spec)];
  if (
    specs.some((spec) =>
      spec?.volumes.some((volume) => volume.ref === claim.name && volume.type === "persistentVolumeClaim"),
    )
  )
    return true;
  return (
    component.pods.some((pod) => claim.name.endsWith(`-${pod.name}`)) ||
    claim.name === component.name ||
    claim.name.includes(component.kind)
  );
}
