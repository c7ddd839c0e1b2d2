// A dashboard asks for a panel type that this Grafana does not have: not installed, or younger than Grafana itself.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

/** Panels that are part of Grafana, and the release that brought them (what's new pages of 7.4 to 10.0). */
const bornIn: Readonly<Record<string, string>> = {
  timeseries: "7.4",
  nodeGraph: "7.4",
  barchart: "8.0",
  histogram: "8.0",
  "state-timeline": "8.0",
  "status-history": "8.0",
  geomap: "8.1",
  candlestick: "8.3",
  canvas: "9.2",
  trend: "10.0",
  datagrid: "10.0",
  xychart: "10.4",
};

export const rule = textRule({
  id: "grafana/panel-plugin-missing",
  title: "A dashboard uses a panel plugin that this Grafana does not have, so its panels stay empty",
  why: "Dashboards name their panels' types. A type that is not built in has to be installed as a plugin, in the folder that the container keeps; a built-in type that is younger than the running Grafana cannot be installed at all: dashboards of the catalogue are made with the current release.",
  severity: "warning",
  component: "grafana",
  layer: "version",
  nature: "cause",
  effect: "none",
  phase: "run",
  from: "any",
  texts: [
    "Panel plugin not found: {plugin}",
    "Panel plugin with id {plugin} could not be found",
    "Could not find panel plugin {plugin}",
  ],
  says: ({ captures, component }) => {
    const plugin = (captures.plugin ?? "").replace(/[^\w-]+$/, "");
    const born = bornIn[plugin];
    const version = component?.version ?? component?.image;
    return born
      ? `Panel ${plugin} is part of Grafana since ${born}: the running Grafana${version ? ` (${version})` : ""} is older than the dashboard (Panel plugin not found)`
      : `Panel plugin ${plugin} is not installed in this Grafana, and the dashboard uses it`;
  },
  rivals: [
    {
      rule: "grafana/plugin-unsigned",
      tellApart: "there the plugin is on the disk and Grafana's log says that it refuses to load it",
    },
    {
      rule: "grafana/angular-plugin-refused",
      tellApart: "there the plugin is an Angular one that Grafana 11 and later do not load",
    },
  ],
  decideWith: "docker exec GRAFANA sh -c 'grafana server -v; ls /var/lib/grafana/plugins'",
  references: [
    "https://grafana.com/docs/grafana/latest/administration/plugin-management/",
    "https://grafana.com/docs/grafana/latest/whatsnew/whats-new-in-v7-4/",
  ],
  fix: (finding) =>
    / since /.test(finding.says)
      ? byHand(
          "Upgrade Grafana to a release that has the panel (back up its database first), or change the panel to a type it has (graph)",
          "In the image tag",
        )
      : byHand(
          "Install the plugin: GF_PLUGINS_PREINSTALL=ID (GF_INSTALL_PLUGINS before 11.5), or grafana cli plugins install ID into the plugins folder on the volume, then restart Grafana",
          "In Grafana's environment",
          undefined,
          "disruptive",
        ),
});
