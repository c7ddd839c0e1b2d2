// The change was never loaded.

import { repair } from "../../change-configuration.ts";
import { changeArguments } from "../../change-container.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/reload-endpoint-off",
  title: "Prometheus' reload endpoint is switched off, so a changed configuration was never loaded",
  why: "POST /-/reload needs --web.enable-lifecycle. Without it the answer is 403 `Lifecycle API is not enabled`, and the running configuration stays the old one.",
  severity: "warning",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: "any",
  uses: ["config.documents", "kubernetes.objects"],
  texts: ["Lifecycle API is not enabled"],
  says: () =>
    "A reload was refused because --web.enable-lifecycle is not set: the running configuration is still the old one",
  decideWith:
    "curl -s http://PROMETHEUS:9090/api/v1/status/config | jq -r .data.yaml | diff - prometheus.yml",
  references: ["https://prometheus.io/docs/prometheus/latest/management_api/"],
  fix: (_finding, facts, stack) =>
    repair(
      "Start with --web.enable-lifecycle (it also allows quitting: let only operators reach the port)",
      "disruptive",
      changeArguments(
        stack.components.find(({ kind }) => kind === "prometheus"),
        facts,
        "Let Prometheus take reloads over HTTP",
        { add: ["--web.enable-lifecycle"] },
      ),
    ) ?? {
      summary:
        "Send SIGHUP or restart; or start with --web.enable-lifecycle (it also allows quitting: protect it)",
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: "Load the file now",
          command: "docker kill -s HUP PROMETHEUS   # or: kill -HUP PID",
        },
      ],
    },
});
