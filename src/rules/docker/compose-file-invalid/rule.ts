// docker compose refuses the file before it starts anything.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/compose-file-invalid",
  title:
    "The compose file is not valid (unknown key, wrong place, undefined network or volume), so docker compose starts nothing",
  why: "Compose checks the whole file against its schema first. A key at the wrong depth is an additional property, a service may name only networks, volumes and services the file declares, and an external network must exist already. Nothing is started or changed, old containers go on.",
  severity: "critical",
  component: "docker",
  layer: "config",
  nature: "cause",
  effect: "none",
  phase: "config",
  from: "any",
  texts: [
    "Additional property {key} is not allowed",
    "additional properties '{key}' not allowed",
    "refers to undefined network {name}",
    "refers to undefined volume {name}",
    "depends on undefined service",
    "network {name} declared as external, but could not be found",
    "external volume {name} not found",
    "services must be a mapping",
    "services must be a object",
    "Unsupported config option for {what*}",
    "The Compose file '{file}' is invalid because",
    "has neither an image nor a build context specified",
  ],
  except: ["is obsolete"],
  says: ({ line }) => {
    const { text } = line;
    const network = /network "?([\w.-]{1,80})"? declared as external/.exec(text)?.[1];
    if (network)
      return `The compose file uses the external network ${network}, which does not exist on this host: docker network create ${network}`;
    const undefinedName =
      /service \\?"?([\w.-]{1,80})\\?"? (?:refers to undefined|depends on undefined) (\w+):? ?\\?"?([\w.-]{0,80})/.exec(
        text,
      );
    if (undefinedName)
      return `Service ${undefinedName[1]} names the ${undefinedName[2]} ${undefinedName[3]}, which the compose file does not declare at its top level`;
    const extra =
      /(?:validating [^:]{1,200}: )?([\w.[\]-]{0,120}?) ?[Aa]dditional propert(?:y|ies) '?([\w.-]{1,60})'? (?:is )?not allowed/.exec(
        text,
      );
    if (extra)
      return `The compose file has the key ${extra[2]} where none of that name belongs${extra[1] ? ` (below ${extra[1]})` : ""}: a wrong depth of indentation, a spelling mistake, or a key of another version`;
    return `docker compose refuses the file: ${text.trim().slice(0, 220)}`;
  },
  decideWith: "docker compose config -q",
  references: ["https://docs.docker.com/reference/compose-file/"],
  fix: (finding) => {
    const network = /network create ([\w.-]+)/.exec(finding.says)?.[1];
    return network
      ? byHand(
          `docker network create ${network} (or start the project that makes it first), then docker compose up -d`,
          "On the host",
          `docker network create ${network}`,
          "safe",
        )
      : byHand(
          "Correct the named key or declare the network or volume at the top level; docker compose config checks the file without starting anything",
          "In the folder of the compose file",
          "docker compose config -q",
          "safe",
        );
  },
});
