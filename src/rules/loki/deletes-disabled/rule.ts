// The delete API is called, and deletes are off.
import { placedText } from "../../../stack/setting.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/deletes-disabled",
  title:
    "Loki refuses delete requests: retention is not enabled in the compactor, or deletion_mode is disabled",
  why: "Deletes are done by the compactor as part of retention. With compactor.retention_enabled: false (the default) or limits_config.deletion_mode: disabled the delete API answers 400 Retention is not enabled or 403 deletion is not available for this tenant.",
  severity: "warning",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "none",
  texts: ["deletion is not available for this tenant", "Retention is not enabled"],
  // Queriers ask for delete marks all the time; where deletes are off the 403 is by design.
  except: ["cache generation numbers", "cache gen numbers", "cache gen number"],
  from: ["loki", "grafana"],
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const settings = lokiSettings(facts, stack, hit.component);
    for (const entry of settings) {
      const mode = placedText(entry.doc, "limits_config", "deletion_mode");
      if (mode?.value === "disabled")
        return {
          holds: true,
          proof: [mode.at],
          says: "limits_config.deletion_mode is disabled, so the delete API answers that deletion is not available for this tenant: set deletion_mode: filter-and-delete and compactor.retention_enabled: true",
        };
      if (entry.isWhole && !entry.retentionEnabled.value)
        return {
          holds: true,
          proof: [entry.retentionEnabled.at ?? entry.doc.at],
          says: `compactor.retention_enabled is false${entry.retentionEnabled.at ? "" : " (the default)"}, so deletes are refused: set compactor.retention_enabled: true with compactor.delete_request_store`,
        };
    }
    return { holds: true, certainty: "likely" };
  },
  says: () =>
    "Delete requests are refused because compactor.retention_enabled is false or limits_config.deletion_mode is disabled",
  decideWith: "curl -s http://LOKI:3100/config | grep -nE 'retention_enabled|deletion_mode'",
  references: [
    "https://grafana.com/docs/loki/latest/operations/storage/logs-deletion/",
    "https://grafana.com/docs/loki/latest/operations/troubleshooting/",
  ],
  fix(finding, facts, stack) {
    const store = lokiSettings(facts, stack)[0]?.periods.at(-1)?.objectStore?.value;
    return lokiFix(
      finding,
      facts,
      "Set compactor.retention_enabled: true, compactor.delete_request_store and limits_config.deletion_mode: filter-and-delete; look at limits_config.retention_period first, for retention starts to delete as well",
      [
        { path: ["compactor", "retention_enabled"], value: true },
        ...(store ? [{ path: ["compactor", "delete_request_store"], value: store }] : []),
        { path: ["limits_config", "deletion_mode"], value: "filter-and-delete" },
      ],
      "destructive",
    );
  },
});
