// Tokens shall be kept on disk, and nobody said where.
import type { FindingDraft } from "../../../model/finding.ts";
import { placedBoolean } from "../../../stack/setting.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings, subjectOf } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/persist-tokens-without-prefix",
  title: "Loki has common.persist_tokens but no common.path_prefix to keep the tokens in",
  why: "With common.persist_tokens: true the ring tokens are written to files below common.path_prefix. Without the prefix Loki has no place for them and exits.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: ["if persist_tokens is true, path_prefix MUST be defined"],
  from: "any",
  uses: ["config.documents"],
  says: () =>
    "common.persist_tokens is true and common.path_prefix is not set: set common.path_prefix: /loki (a folder of the data volume)",
  fromFiles: (facts, stack) =>
    lokiSettings(facts, stack).flatMap((settings): FindingDraft[] => {
      const persist = placedBoolean(settings.doc, "common", "persist_tokens");
      if (persist?.value !== true || settings.pathPrefix) return [];
      if (!settings.isWhole || settings.doc.origin === "running") return [];
      return [
        {
          ...subjectOf(settings),
          says: "common.persist_tokens is true and common.path_prefix is not set: Loki refuses to start; set common.path_prefix: /loki",
          proof: [persist.at],
          certainty: "proven",
        },
      ];
    }),
  references: ["https://github.com/grafana/loki/blob/main/pkg/loki/config_wrapper.go"],
  fix: (finding, facts) =>
    lokiFix(finding, facts, "Set common.path_prefix: /loki, a folder inside the data volume", [
      { path: ["common", "path_prefix"], value: "/loki" },
    ]),
});
