// A rendered file of targets or rules that no line of prometheus.yml names.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, textAt } from "../../../stack/config-value.ts";
import { matchesGlob } from "../../../stack/glob.ts";
import { readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "prometheus/target-file-not-loaded",
  title:
    "A target or rule file was generated, but no file_sd_configs, scrape_config_files or rule_files of Prometheus names it",
  why: "Prometheus reads only the files its configuration names. Target files without a job, a folder scrape_configs.d without scrape_config_files, or rules with another ending are written by the deployment and read by nobody; the targets are missing without an error.",
  severity: "notice",
  component: "prometheus",
  layer: "discovery",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  decideWith:
    "curl -s http://PROMETHEUS:9090/api/v1/status/config; curl -s http://PROMETHEUS:9090/api/v1/targets | jq '.data.activeTargets[].scrapePool' | sort -u",
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config"],
  check({ "config.documents": documents }) {
    const mains = documents.filter(
      ({ kind, value, fragment, template, origin }) =>
        kind === "prometheus" && value !== undefined && !fragment && !template && origin === "file",
    );
    const [main] = mains;
    if (!main || mains.length > 1 || !hasJobs(main)) return [];
    const config = readPrometheusConfig(main);
    const targets = config.jobs.flatMap(({ discoveries }) =>
      discoveries
        .filter(({ kind }) => kind === "file")
        .flatMap(({ names }) => names.map(({ value }) => value)),
    );
    const rules = config.ruleFiles.map(({ value }) => value);
    const scrapes = listAt(main.value, "scrape_config_files").flatMap(
      (_value, index) => textAt(main.value, "scrape_config_files", index) ?? [],
    );
    const lost = documents.flatMap((document) => {
      if (document === main || document.template || document.origin !== "file" || document.embeddedIn)
        return [];
      const wanted =
        document.kind === "prometheus-file-sd"
          ? { globs: targets, what: "file_sd_configs", kind: "target file" }
          : document.kind === "prometheus-rules"
            ? { globs: rules, what: "rule_files", kind: "rule file" }
            : /scrape_configs\.d\//.test(document.at.source)
              ? { globs: scrapes, what: "scrape_config_files", kind: "scrape configuration" }
              : undefined;
      if (!wanted || wanted.globs.some((glob) => names(glob, document))) return [];
      return [{ document, ...wanted }];
    });
    return lost.slice(0, 10).map(({ document, what, kind, globs }): FindingDraft => {
      const file = document.path ?? document.at.source;
      return {
        subject: { kind: "file", id: file },
        says: `The ${kind} ${file} is read by nobody: ${what} of ${main.at.source} ${globs.length === 0 ? "is not there" : `names ${globs.slice(0, 3).join(", ")}`}`,
        proof: [document.at, main.at],
        certainty: "likely",
      };
    });
  },
  fix: () =>
    byHand(
      "Add a job with file_sd_configs (or the pattern to rule_files, scrape_config_files) for these files, or stop rendering them",
      "In prometheus.yml",
      undefined,
      "safe",
    ),
});

function hasJobs(document: ConfigDocument): boolean {
  return listAt(document.value, "scrape_configs").length > 0;
}

/** The pattern is a path in the container, the file one of the repository: the last two parts decide. */
function names(glob: string, document: ConfigDocument): boolean {
  const tail = (path: string, count: number) => path.split("/").slice(-count).join("/");
  const path = document.path ?? document.at.source;
  return (
    matchesGlob(glob, path) ||
    matchesGlob(tail(glob, 2), tail(path, 2)) ||
    matchesGlob(tail(glob, 1), tail(path, 1))
  );
}
