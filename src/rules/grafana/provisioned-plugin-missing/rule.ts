// An app or data source is provisioned whose plugin is not there.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/provisioned-plugin-missing",
  title: "Grafana does not start because provisioning names an app plugin that is not installed",
  why: "Files below provisioning/plugins configure installed apps. An app that is not there when Grafana starts is a fatal provisioning error; installing it later into the running container is too late, and lost at the next re-creation.",
  severity: "critical",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [
    "app provisioning error: plugin not installed: {plugin*}",
    "plugin not installed: {plugin*}",
    "Failed to start grafana…plugin not installed",
  ],
  says: ({ line }) =>
    `Grafana ends at start: provisioning/plugins names ${/plugin not installed: \\?"?([\w-]+)/.exec(line.text)?.[1] ?? "an app"}, which is not installed (plugin not installed)`,
  rivals: [{ rule: "grafana/plugin-install-aborts-start", tellApart: "there the download at start fails" }],
  decideWith:
    "docker run --rm -v DATA:/var/lib/grafana --entrypoint ls IMAGE /var/lib/grafana/plugins; ls provisioning/plugins",
  references: ["https://grafana.com/docs/grafana/latest/administration/provisioning/#plugins"],
  fix: () =>
    byHand(
      "Install the plugin before Grafana starts (GF_PLUGINS_PREINSTALL_SYNC=ID, an image of your own, or the file in /var/lib/grafana/plugins), or remove the entry from provisioning/plugins",
      "In Grafana's environment or provisioning folder",
    ),
});
