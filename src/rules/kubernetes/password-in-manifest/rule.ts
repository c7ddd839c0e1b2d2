// A secret as plain text in a pod template.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

const secret = /(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY)$/i;

export const rule = defineRule({
  id: "kubernetes/password-in-manifest",
  title: "A password or token stands as plain text in a manifest",
  why: "The value is readable for everybody who may read the workload or the repository, and stays in its history. env.valueFrom.secretKeyRef keeps it out of the manifest, and a rotation needs no new one.",
  severity: "notice",
  component: "kubernetes",
  layer: "auth",
  nature: "habit",
  effect: "none",
  needs: [],
  needsAny: ["kubernetes.workloads", "kubernetes.pods"],
  decideWith: "kubectl get WORKLOAD -o jsonpath='{..env}'",
  references: ["https://kubernetes.io/docs/concepts/configuration/secret/"],
  check(facts) {
    const owners = [
      ...facts["kubernetes.workloads"],
      ...facts["kubernetes.pods"].filter(({ ownerName }) => ownerName === undefined),
    ];
    return owners.flatMap((owner): FindingDraft[] => {
      const found = (owner.spec?.containers ?? []).flatMap(({ env }) =>
        (env ?? []).filter(
          ({ name, value, from }) =>
            secret.test(name) &&
            from === undefined &&
            value !== undefined &&
            value !== "" &&
            !/^\$[({]/.test(value),
        ),
      );
      const [first] = found;
      if (!first) return [];
      return [
        {
          subject: { kind: "object", id: `${owner.namespace ? `${owner.namespace}/` : ""}${owner.name}` },
          says: `${found
            .map(({ name }) => name)
            .slice(0, 5)
            .join(
              ", ",
            )} of ${owner.name} ${found.length === 1 ? "is" : "are"} written in the manifest as plain text`,
          proof: [first.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: () =>
    byHand(
      "Put it into a Secret and refer to it: valueFrom: {secretKeyRef: {name: …, key: …}}; change the value, it is known now",
      "In the manifest",
      undefined,
      "safe",
    ),
});
