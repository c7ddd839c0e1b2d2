// The engine is asked for a log driver that is not installed.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/log-driver-missing",
  title:
    "Containers cannot be created because the log driver's plugin (usually loki) is not installed or not enabled on this Docker host",
  why: "`logging.driver: loki` (or log-driver in daemon.json) names a plugin that each host must have. On a new host, another architecture, or after the plugin was disabled, every container with that driver is refused: error looking up logging plugin.",
  severity: "critical",
  component: "docker",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "error looking up logging plugin {name}",
    "failed to initialize logging driver: error looking up logging plugin",
    "logger: no log driver named {name*} is registered",
  ],
  says: ({ line }) => {
    const name = /logging plugin ([\w./-]+)|log driver named '?([\w./-]+)/.exec(line.text);
    const state = /disabled/.test(line.text) ? "is disabled" : "is not installed on this host";
    return `The log driver ${name?.[1] ?? name?.[2] ?? "plugin"} ${state}, so Docker creates no container that asks for it`;
  },
  rivals: [
    {
      rule: "docker/log-driver-blocks-daemon",
      tellApart: "there the plugin is there and its Loki does not answer",
    },
  ],
  decideWith: "docker plugin ls; docker info -f '{{.LoggingDriver}}'",
  references: [
    "https://grafana.com/docs/loki/latest/send-data/docker-driver/",
    "https://docs.docker.com/engine/logging/plugins/",
  ],
  fix: () =>
    byHand(
      "Install and enable it (docker plugin install grafana/loki-docker-driver:3.3.2-amd64 --alias loki --grant-all-permissions; docker plugin enable loki), or go back to json-file and let an agent read the files",
      "On the host",
      "docker plugin ls",
    ),
});
