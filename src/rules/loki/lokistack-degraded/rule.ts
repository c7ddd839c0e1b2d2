// The Loki operator says in the status of its LokiStack why it makes no Loki.

import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { textAt, valueAt } from "../../../stack/config-value.ts";
import { byHand } from "../../by-hand.ts";

/** Reasons of the condition Degraded (operator/api/loki/v1/lokistack_types.go), and what to do about each. */
const cures: Readonly<Record<string, string>> = {
  MissingObjectStorageSecret:
    "Create the Secret that spec.storage.secret.name names, in the namespace of the LokiStack, with the keys of its type (s3: bucketnames, endpoint, access_key_id, access_key_secret, region)",
  InvalidObjectStorageSecret:
    "Correct the keys of the Secret for its storage type (s3: bucketnames, endpoint, access_key_id, access_key_secret)",
  InvalidObjectStorageSchema:
    "Add a schema with a later effectiveDate instead of changing or removing a past one",
  MissingObjectStorageCAConfigMap: "Create the ConfigMap that spec.storage.tls.caName names",
  InvalidObjectStorageCAConfigMap:
    "Put the CA under the key that spec.storage.tls.caKey names (service-ca.crt)",
  MissingRulerSecret: "Create the ruler's remote-write Secret that the RulerConfig names",
  InvalidRulerSecret: "Correct the keys of the ruler's remote-write Secret",
  MissingGatewayTenantSecret: "Create the Secret that the tenant's authentication names",
  InvalidTenantsConfiguration:
    "Correct spec.tenants for its mode (static and dynamic need authentication; openshift-logging takes none)",
  NoZoneAwareNodes: "Label nodes with the topology keys of spec.replication.zones",
  StorageNeedsSchemaUpdate: "Add a schema version v13 with a date in the future to spec.storage.schemas",
};

export const rule = defineRule({
  id: "loki/lokistack-degraded",
  title: "The Loki operator makes no Loki: its LokiStack is Degraded",
  why: "The operator checks what a LokiStack refers to (the Secret of the object store, CA, tenants, schema) before it makes any pod. What is missing or wrong stands in the condition Degraded; until it is mended there are no pods and no events.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: ["kubernetes.objects"],
  rivals: [{ rule: "loki/object-store-refuses", tellApart: "there the pods run and the store says no" }],
  decideWith: "kubectl -n NAMESPACE get lokistack NAME -o jsonpath='{.status.conditions}'",
  references: ["https://loki-operator.dev/docs/object_storage.md/", "https://loki-operator.dev/docs/api.md/"],
  check({ "kubernetes.objects": objects }) {
    return objects.flatMap((object): FindingDraft[] => {
      if (object.kind !== "LokiStack") return [];
      const listed = valueAt(object.value, "status", "conditions");
      // `kubectl describe` prints a list of one like an object.
      const condition = (Array.isArray(listed) ? listed : [listed]).find(
        (entry) =>
          textAt(entry, "type") === "Degraded" && String(valueAt(entry, "status")).toLowerCase() === "true",
      );
      if (!condition) return [];
      const reason = textAt(condition, "reason") ?? "no reason given";
      const secret = textAt(object.value, "spec", "storage", "secret", "name");
      const about = /Secret$/.test(reason) && /Storage/.test(reason) && secret ? ` (Secret ${secret})` : "";
      return [
        {
          subject: {
            kind: "object",
            id: `LokiStack ${object.namespace ? `${object.namespace}/` : ""}${object.name}`,
          },
          says: `LokiStack ${object.name} is Degraded: ${reason}${about}: ${(textAt(condition, "message") ?? "").slice(0, 200)}. The operator makes no pods until this is mended`,
          proof: [object.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding) => {
    const reason = Object.keys(cures).find((known) => finding.says.includes(known));
    return byHand(
      (reason ? cures[reason] : undefined) ?? "Mend what the condition names",
      "In the cluster",
      "kubectl -n NAMESPACE describe lokistack NAME",
      "safe",
    );
  },
});
