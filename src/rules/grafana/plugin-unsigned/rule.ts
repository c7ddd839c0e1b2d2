// Grafana does not load plugins without a signature unless they are named.

import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/plugin-unsigned",
  title:
    "Grafana does not load a plugin because it is unsigned (or its signature does not fit), so its panels or data sources are missing",
  why: "Since 8.0 Grafana loads only signed plugins. Own builds and forks have no signature, and a changed file makes one invalid. The plugin is skipped at start; Grafana runs and shows `panel plugin not found`.",
  severity: "warning",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "no-answer",
  texts: [
    "Plugin validation failed{rest*}is unsigned",
    "plugin '{id}' is unsigned",
    "Plugin validation failed{rest*}invalid signature",
    "plugin '{id}' has an invalid signature",
    "plugin '{id}' has a modified signature",
    "Some plugin scanning errors were found{rest*}unsigned",
  ],
  uses: ["docker.containers"],
  confirm(hit) {
    const allowed = hit.component?.docker?.env?.find(
      ({ name }) => name === "GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS",
    );
    const id = idOf(hit.line.text);
    if (id && allowed?.value?.split(",").some((name) => name.trim() === id)) return { holds: false };
    return { holds: true, proof: allowed ? [allowed.at] : [] };
  },
  says: ({ line }) => {
    const id = idOf(line.text) ?? "a plugin";
    return `${id} is not loaded (${/modified/.test(line.text) ? "its files were changed after signing" : /invalid/.test(line.text) ? "its signature is not valid" : "it is unsigned"}); name it in GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS (allow_loading_unsigned_plugins) or install a signed build`;
  },
  rivals: [
    {
      rule: "grafana/plugin-install-aborts-start",
      tellApart: "there the plugin cannot be downloaded and Grafana does not start",
    },
  ],
  decideWith: "docker exec GRAFANA printenv GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS",
  references: [
    "https://grafana.com/docs/grafana/latest/administration/plugin-management/#allow-unsigned-plugins",
  ],
  fix: (finding) =>
    byHand(
      `GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS=${/^[\w-]+/.exec(finding.says)?.[0] ?? "PLUGIN"} (grafana.ini [plugins] allow_loading_unsigned_plugins), if you trust it; then restart Grafana`,
      "In Grafana's environment",
    ),
});

function idOf(text: string): string | undefined {
  return /plugin '([\w.-]+)'/.exec(text)?.[1] ?? /pluginI[dD]=([\w.-]+)/.exec(text)?.[1];
}
