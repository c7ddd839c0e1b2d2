// Loki 3 looks at the newest schema period before it checks that there is one.
import { lokiFix } from "../../loki-fix.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/schema-config-missing",
  title: "Loki panics at start because its configuration has no schema_config",
  why: "Loki has no default schema. Since version 3 the check for structured metadata takes the active period of schema_config.configs; with an empty list it panics (index out of range [0] with length 0 in validateSchemaRequirements) instead of naming the missing block.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: ["loki.validateSchemaRequirements("],
  from: "any",
  uses: ["config.documents"],
  says: () =>
    "The configuration that was read has no schema_config.configs (or the file read is not the one meant): add a period with store: tsdb, schema: v13 and index.period: 24h",
  decideWith: "grep -n -A8 schema_config loki.yaml; docker inspect -f '{{.Args}} {{json .Mounts}}' loki",
  references: ["https://github.com/grafana/loki/blob/main/pkg/loki/validation.go"],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Add schema_config with one period (from a past date, store: tsdb, object_store: filesystem or s3, schema: v13, index prefix index_, period: 24h)",
      [
        {
          path: ["schema_config", "configs"],
          value: [
            {
              from: "2024-01-01",
              store: "tsdb",
              object_store: "filesystem",
              schema: "v13",
              index: { prefix: "index_", period: "24h" },
            },
          ],
        },
      ],
    ),
});
