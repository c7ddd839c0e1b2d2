// A plugin of the old frame: Grafana 11 switches it off, Grafana 12 has no way to run it.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/angular-plugin-refused",
  title: "Grafana refuses plugins that use Angular: off by default since version 11, removed in version 12",
  why: "Angular was deprecated for years. Grafana 11 starts such a plugin only with [security] angular_support_enabled = true, Grafana 12 never. Panels and data sources of these plugins show an error after the upgrade; newer versions of most of them use React.",
  severity: "warning",
  component: "grafana",
  layer: "version",
  nature: "cause",
  effect: "none",
  phase: "run",

  texts: [
    "Refusing to initialize plugin because it's using Angular",
    "angular plugins are not supported",
    "Angular plugins are not supported",
  ],
  says: ({ lines, component }) => {
    const plugins = [
      ...new Set(lines.map(({ text }) => /pluginI[dD]="?([\w.-]{1,80})/.exec(text)?.[1]).filter(Boolean)),
    ];
    return `Grafana${component?.version ? ` ${component.version}` : ""} does not load ${plugins.length > 0 ? plugins.slice(0, 6).join(", ") : "a plugin"}, which use${plugins.length > 1 ? "" : "s"} Angular: off by default since 11, gone in 12`;
  },
  rivals: [{ rule: "grafana/plugin-unsigned", tellApart: "there the signature is missing" }],
  decideWith: "grafana cli plugins ls; grep -n angular_support /etc/grafana/grafana.ini",
  references: ["https://grafana.com/docs/grafana/latest/developers/angular_deprecation/"],
  fix: () =>
    byHand(
      "Update the plugin to a version without Angular (grafana cli plugins update ID) or replace its panels; on Grafana 11 only, [security] angular_support_enabled = true (GF_SECURITY_ANGULAR_SUPPORT_ENABLED) keeps it running for a while",
      "Which plugins still use Angular",
      "grafana cli plugins ls",
      "safe",
    ),
});
