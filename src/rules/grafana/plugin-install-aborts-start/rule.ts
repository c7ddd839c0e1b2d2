// A plugin that must be installed before the start cannot be.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/plugin-install-aborts-start",
  title: "Grafana does not start because a plugin that is to be installed first cannot be installed",
  why: "GF_PLUGINS_PREINSTALL_SYNC and GF_INSTALL_PLUGINS download at start. An unknown or incompatible id, or no way to grafana.com, is fatal for the synchronous forms.",
  severity: "critical",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "init",
  texts: [
    "failed to install plugin {plugin*}",
    "failure: failed to install plugin",
    "Failed to send request…grafana.com",
    "Failed to send request{rest*}/plugins/",
    "Error: ✗ {plugin} is not compatible",
    "404: Plugin not found",
    'Error: ✗ Get "{url}/plugins/repo/{plugin}": {error*}',
  ],
  recoveredBy: ["HTTP Server Listen"],
  says: ({ line }) =>
    /404|not found/i.test(line.text)
      ? "The plugin to preinstall does not exist (404: Plugin not found)"
      : /not compatible/.test(line.text)
        ? "The plugin is not compatible with this Grafana version"
        : /x509/.test(line.text)
          ? "The plugin cannot be downloaded: the certificate shown for grafana.com is signed by an unknown authority (a proxy that inspects TLS), whose CA the container does not trust"
          : "The plugin cannot be downloaded: Grafana has no way to grafana.com",
  decideWith:
    "docker inspect GRAFANA | grep -E 'GF_(INSTALL_PLUGINS|PLUGINS_PREINSTALL)'; curl -sI https://grafana.com",
  references: ["https://grafana.com/docs/grafana/latest/administration/plugin-management/"],
  fix: () => ({
    summary:
      "Remove or correct the plugin id; use GF_PLUGINS_PREINSTALL (not SYNC), or bake the plugin into the image",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Change the environment variable" }],
  }),
});
