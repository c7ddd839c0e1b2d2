// The sidecar copies any key; Grafana's dashboard provider reads *.json only.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/sidecar-file-not-json",
  title: "Dashboards from ConfigMaps do not appear because their keys do not end in .json",
  why: "The sidecar writes each key of a labelled ConfigMap as a file of that name. Grafana's file provider for dashboards reads files that end in .json and skips all others without a word, so `dashboard.yaml: |` with JSON inside is written and never loaded.",
  severity: "warning",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "none",
  from: "any",
  texts: [
    "File in configmap {file}.yaml ADDED",
    "File in configmap {file}.yml ADDED",
    "Writing {path*}/dashboards/{file}.yaml",
  ],
  unconfirmed: "silent",
  confirm: ({ lines, line }) => {
    // Data sources and rules come as YAML, and they have sidecars of their own.
    const isDashboards =
      /dashboard/i.test(line.container ?? "") ||
      lines.some(({ text, at }) => /dashboard/i.test(`${text} ${at.source}`));
    const isOther = /datasource|alert|rules|notifier/i.test(`${line.container ?? ""} ${line.text}`);
    return isDashboards && !isOther ? { holds: true } : {};
  },
  says: ({ lines }) => {
    const names = [
      ...new Set(
        lines.flatMap(({ text }) => /(?:configmap |dashboards\/)([\w.-]+\.ya?ml)/i.exec(text)?.[1] ?? []),
      ),
    ];
    return `The sidecar writes ${names.slice(0, 3).join(", ")}, but Grafana's dashboard provider reads only files that end in .json: rename the keys of the ConfigMaps (${(names[0] ?? "dashboard.yaml").replace(/\.ya?ml$/, ".json")})`;
  },
  decideWith:
    "kubectl -n NAMESPACE get cm -l grafana_dashboard -o jsonpath='{range .items[*]}{.data}{end}' | grep -o '\"[^\"]*\":' | head",
  references: ["https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards"],
  fix: () =>
    byHand(
      "Rename the data keys of the dashboard ConfigMaps so that they end in .json",
      "In the ConfigMaps",
      undefined,
      "safe",
    ),
});
