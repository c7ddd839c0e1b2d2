// An extra_hosts entry the engine or compose cannot read.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/extra-hosts-syntax",
  title: "extra_hosts is written in a form this Docker version does not know (`=` separator or host-gateway)",
  why: "The `name=address` form came with Docker 25 and compose 2.24, `host-gateway` with 20.10. Older versions refuse the container with `bad format for add-host` or `invalid IP address in add-host`.",
  severity: "critical",
  component: "docker",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: ["bad format for add-host: {entry*}", "invalid IP address in add-host: {entry*}"],
  says: ({ line }) => {
    const entry = line.text.match(/add-host: \\?"?([^\s"\\]+)/)?.[1] ?? "";
    return /invalid IP/.test(line.text) || (/host-gateway/.test(entry) && !/=/.test(entry))
      ? `extra_hosts entry ${entry || "with host-gateway"} is refused: this Docker is older than 20.10, which brought host-gateway`
      : `extra_hosts entry ${entry} is refused (bad format): this Docker wants "name:address", the = separator needs 25.0`;
  },
  decideWith: "docker version; docker compose version",
  references: ["https://github.com/docker/docs/issues/19515"],
  fix: () =>
    byHand(
      'Write extra_hosts with a colon ("host.docker.internal:host-gateway") and upgrade Docker to 20.10 or newer',
      "In the compose file",
      undefined,
      "safe",
    ),
});
