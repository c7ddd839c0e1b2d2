// The log file is a link whose target is not mounted into the agent.
import { placeOf, textAt } from "../../../stack/config-value.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/log-target-not-mounted",
  title:
    "The log agent cannot follow log files, because they are links into a directory that is not mounted into it",
  why: "/var/log/containers and /var/log/pods hold links. Their targets lie below the runtime's data directory, which may be elsewhere (custom data-root) and has to be mounted at the same path.",
  severity: "warning",
  component: "promtail",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  from: ["promtail", "alloy"],
  texts: [
    "failed to tail file, stat failed…no such file or directory",
    "failed to tail file…stat {path}: no such file or directory",
  ],
  atLeast: 2,
  explains: [
    {
      rule: "promtail/nothing-to-tail",
      via: "same-component",
      mechanism: "links whose targets are not there are no files to tail",
    },
  ],
  uses: ["config.documents", "docker.engines", "docker.containers", "kubernetes.pods"],
  unconfirmed: "likely",
  confirm: (_hit, facts) => {
    const engine = facts["docker.engines"].find(
      (entry) => entry.rootDir !== undefined && entry.rootDir !== "/var/lib/docker",
    );
    const daemon = facts["config.documents"].find(({ kind }) => kind === "docker-daemon");
    const root = daemon && textAt(daemon.value, "data-root");
    if (!engine && daemon && root && root !== "/var/lib/docker")
      return {
        holds: true,
        proof: [placeOf(daemon, "data-root")],
        says: `Docker keeps its data in ${root} (data-root), which is not mounted into the agent; the links in /var/log point there`,
      };
    return engine
      ? {
          holds: true,
          proof: [engine.at],
          says: `Docker keeps its data in ${engine.rootDir}, which is not mounted into the agent; the links in /var/log point there`,
        }
      : {};
  },
  says: () =>
    "stat fails for the targets of log links: the directory they point to is not mounted into the agent",
  decideWith: "readlink -f /var/log/containers/*.log | head -3; docker info -f '{{.DockerRootDir}}'",
  references: ["https://github.com/grafana/loki/issues/429"],
  fix: () => ({
    summary: "Mount the real log directory read-only at the same path into the agent",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Find where the links point",
        command: "readlink -f /var/log/containers/*.log | head -3",
      },
    ],
  }),
});
