// The ruler reads rules per tenant, and the folder of the tenant is not there.
import { placedText } from "../../../stack/setting.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/ruler-tenant-directory-missing",
  title: "Loki's ruler finds no rules: the directory of the tenant (fake without auth) does not exist",
  why: "With local storage the ruler reads one folder per tenant below its directory. With auth_enabled: false the tenant is called fake, so rule files must lie in DIRECTORY/fake/; directly in DIRECTORY they are not read, and log alerts never fire. Logs themselves are not concerned.",
  severity: "warning",
  component: "loki",
  layer: "rules",
  nature: "cause",
  effect: "none",
  texts: [
    "unable to read rule dir {path}: open",
    "unable to read dir {path}: open {folder}: no such file or directory",
    "unable to read rule dir",
  ],
  from: ["loki", "grafana"],
  about: "loki",
  uses: ["config.documents", "host.files"],
  confirm(hit, facts, stack) {
    const local = lokiSettings(facts, stack, hit.component).flatMap(
      ({ doc }) =>
        placedText(doc, "ruler", "storage", "local", "directory") ??
        placedText(doc, "ruler_storage", "local", "directory") ??
        [],
    )[0];
    const rules = facts["config.documents"].find(
      ({ kind }) => kind === "loki-rules" || kind === "prometheus-rules",
    );
    const proof = [...(local ? [local.at] : []), ...(rules ? [rules.at] : [])];
    return local || rules ? { holds: true, proof } : { holds: true, certainty: "likely" };
  },
  says: ({ line }) => {
    const path = /unable to read (?:rule )?dir ([^\s:"\\]{1,200})/.exec(line.text)?.[1];
    const tenant = path?.split("/").at(-1) ?? "fake";
    return `The ruler looks for rules in ${path ?? "DIRECTORY/fake"}, which does not exist: put the rule files into the folder of the tenant ${tenant}${tenant === "fake" ? " (its name when auth_enabled is false)" : ""}`;
  },
  decideWith: "docker exec LOKI ls -R /loki/rules; curl -s http://LOKI:3100/loki/api/v1/rules",
  references: [
    "https://github.com/grafana/loki/issues/3953",
    "https://github.com/grafana/loki/issues/5459",
    "https://grafana.com/docs/loki/latest/alert/",
  ],
  fix: (finding) => {
    const path = /rules in (\/\S+),/.exec(finding.says)?.[1] ?? "/loki/rules/fake";
    return {
      summary: `Put the rule files into ${path} (mount them there); without any rules the message can be ignored`,
      risk: "safe",
      steps: [{ do: "by-hand", title: `Mount or move the rule files to ${path}/, then restart Loki` }],
    };
  },
});
