// The scrape job asks for a module that the exporter's file does not define.

import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import { valueAt } from "../../../stack/config-value.ts";
import { readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "blackbox-exporter/module-unknown",
  title:
    "A probe job asks the blackbox exporter for a module that its configuration does not define (400 Unknown module)",
  why: "params.module of the scrape job must name an entry of modules: in blackbox.yml. A typo, a module of another file, or a configuration that was never reloaded gives 400 Bad Request for every probe of the job.",
  severity: "critical",
  component: "blackbox-exporter",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: "any",
  texts: ["Unknown module"],
  uses: ["config.documents"],
  confirm: (hit) => ({
    holds:
      hit.component?.kind === "blackbox-exporter" || /probe|blackbox|Unknown module \\?"/.test(hit.line.text),
  }),
  says: ({ line }) =>
    `The blackbox exporter knows no module ${/Unknown module(?:\W{1,4}| .{0,3}module=)"?([\w.-]+)/.exec(line.text)?.[1] ?? ""}: params.module of the job must be one of the modules in its file`,
  fromFiles: (facts) => missing(facts),
  decideWith: "curl -s http://BLACKBOX:9115/config | grep -A30 '^modules'",
  references: ["https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md"],
  fix: () =>
    byHand(
      "Write the module's name as it stands in blackbox.yml into params.module (or define the module there and reload the exporter)",
      "In prometheus.yml or blackbox.yml",
      undefined,
      "safe",
    ),
});

function missing(facts: Pick<Facts, "config.documents">): readonly FindingDraft[] {
  const documents = facts["config.documents"];
  const own = documents.filter(
    ({ kind, value, fragment }) => kind === "blackbox" && value !== undefined && !fragment,
  );
  const [file] = own;
  const modules = file && valueAt(file.value, "modules");
  if (!file || own.length > 1 || !isRecord(modules)) return [];
  return documents.flatMap((document): FindingDraft[] => {
    if (document.kind !== "prometheus" || document.value === undefined) return [];
    return readPrometheusConfig(document).jobs.flatMap((job): FindingDraft[] => {
      const module = job.params.module;
      if (job.metricsPath.value !== "/probe" || !module || module in modules) return [];
      // other exporters have /probe as well
      const isBlackbox = /blackbox|:9115/.test(document.text);
      return isBlackbox
        ? [
            {
              subject: { kind: "file", id: document.path ?? document.at.source },
              says: `Job ${job.name?.value ?? "?"} asks for module "${module}", but the exporter's file defines only ${Object.keys(modules).slice(0, 8).join(", ")}`,
              proof: [job.at, file.at],
              certainty: "proven",
            },
          ]
        : [];
    });
  });
}
