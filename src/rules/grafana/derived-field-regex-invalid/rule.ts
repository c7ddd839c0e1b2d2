// A derived field of a Loki data source whose regular expression no browser can compile.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { readDatasources } from "../../../stack/grafana-config.ts";
import { checkJavaScript } from "../../../stack/regex.ts";

export const rule = defineRule({
  id: "grafana/derived-field-regex-invalid",
  title: "A derived field's regular expression is not valid in JavaScript, so its links do not appear",
  why: "Derived fields are matched in the browser, by JavaScript's regular expressions, not by Loki's RE2. Inline flags such as (?i), named groups written (?P<name>…) and possessive forms are RE2 or PCRE and give `Invalid regular expression: Invalid group` in Explore.",
  severity: "warning",
  component: "grafana",
  layer: "dashboards",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  decideWith: "node -e 'new RegExp(process.argv[1])' REGEX",
  references: [
    "https://grafana.com/docs/grafana/latest/datasources/loki/configure-loki-data-source/#derived-fields",
  ],
  check({ "config.documents": documents }, stack) {
    const owners = stack.components.filter(({ kind }) => kind === "grafana");
    const owner = owners.length === 1 ? owners[0] : undefined;
    return documents
      .filter(({ kind, value }) => kind === "grafana-datasources" && value !== undefined)
      .flatMap((doc) => readDatasources(doc))
      .flatMap((datasource) =>
        datasource.derivedFields.flatMap(({ at, name, regex }): FindingDraft[] => {
          if (!regex) return [];
          const verdict = checkJavaScript(regex.value);
          if (verdict.valid) return [];
          const field = name?.value ?? "?";
          return [
            {
              subject: { kind: "object", id: `${datasource.name?.value ?? "Loki"}: ${field}` },
              ...(owner ? { component: owner.id } : {}),
              says: `Derived field ${field} of data source ${datasource.name?.value ?? "Loki"}: the regex ${regex.value} is invalid in JavaScript${verdict.construct ? ` because of ${verdict.construct}` : ""} (${verdict.message ?? "invalid"}); Grafana matches in the browser, not with RE2`,
              proof: [regex.at ?? at],
              certainty: "proven",
            },
          ];
        }),
      );
  },
  fix: (finding) => ({
    summary: `Rewrite the expression for JavaScript: without (?i) (write [Ee]rror), (?<name>…) instead of (?P<name>…)`,
    risk: "safe",
    steps: [{ do: "by-hand", title: `Correct matcherRegex of ${finding.subject.id}` }],
  }),
});
