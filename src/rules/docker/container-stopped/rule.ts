// A container that was stopped, and that something still needs: nothing starts it again.
import type { DockerContainer } from "../../../model/docker.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";

/** Exit codes of a program that was asked to go: by itself, by SIGINT, SIGKILL or SIGTERM. */
const asked: ReadonlySet<number> = new Set([0, 130, 137, 143]);

export const rule = defineRule({
  id: "docker/container-stopped",
  title: "A container that others depend on was stopped, and nothing starts it again",
  why: "`docker stop`, `docker compose stop` and a reboot end a container without a fault of its own (exit code 0, 130, 137 or 143). Docker starts it again only if its restart policy says so, and never after a stop by hand with `unless-stopped`. Whoever scrapes it, pushes to it or queries it finds nobody there.",
  severity: "critical",
  component: "docker",
  layer: "state",
  nature: "cause",
  effect: "down",
  phase: "exec",
  needs: ["docker.containers"],
  uses: ["prometheus.targets", "host.dials"],
  explains: [
    {
      rule: "host/nothing-listens",
      via: "client-of",
      mechanism: "nothing listens where the stopped container did",
    },
  ],
  rivals: [
    {
      rule: "docker/daemon-stopped",
      tellApart: "there no container of the host runs, because the engine does not",
      decideWith: "systemctl status docker",
    },
  ],
  decideWith:
    "docker ps -a; docker inspect -f '{{.State.ExitCode}} {{.State.FinishedAt}} {{.HostConfig.RestartPolicy.Name}}' CONTAINER",
  references: [
    "https://docs.docker.com/engine/containers/start-containers-automatically/",
    "https://docs.docker.com/reference/cli/docker/container/stop/",
  ],
  check(_facts, stack) {
    return stack.components.flatMap((component) => {
      const { docker } = component;
      if (docker === undefined || !wasStopped(docker)) return [];
      const broken = stack.relations.find(
        (relation) => relation.to === component.id && relation.works === false,
      );
      if (!broken || hasTwin(component, stack)) return [];
      const code = exitCodeOf(docker);
      const policy = docker.restartPolicy ? `, restart policy ${docker.restartPolicy}` : "";
      const ended = code === undefined ? "it is stopped" : `it ended with exit code ${code}`;
      return [
        {
          subject: { kind: "component" as const, id: component.id },
          component: component.id,
          says: `Container ${docker.name}${component.host ? ` on ${component.host}` : ""} was stopped (${ended}${policy}), and ${broken.from} still ${verb[broken.kind] ?? "needs"} it`,
          proof: [docker.at, ...(broken.at ? [broken.at] : [])],
          certainty: "proven" as const,
          concerns: [component.id],
        },
      ];
    });
  },
  fix(finding, _facts, stack) {
    const component = stack.components.find(({ id }) => id === finding.component);
    const name = component?.docker?.name;
    if (name === undefined) return undefined;
    const host = component?.host === undefined ? {} : { host: component.host };
    return {
      summary: `Start it again: docker start ${name}; \`docker update --restart unless-stopped ${name}\` keeps it up after a reboot`,
      risk: "safe",
      steps: [
        { do: "restart", title: `start container ${name}`, what: { kind: "container", name, ...host } },
      ],
    };
  },
});

const verb: Readonly<Record<string, string>> = {
  scrapes: "scrapes",
  "pushes-to": "pushes to",
  queries: "queries",
  alerts: "alerts",
};

function wasStopped({ origin, state, statusText, oomKilled, exitCode, error }: DockerContainer): boolean {
  if (origin !== "running" || oomKilled || (error ?? "") !== "") return false;
  if (!/^exited/i.test(state ?? statusText ?? "")) return false;
  const code = exitCode ?? codeIn(statusText);
  return code !== undefined && asked.has(code);
}

function exitCodeOf({ exitCode, statusText }: DockerContainer): number | undefined {
  return exitCode ?? codeIn(statusText);
}

function codeIn(statusText: string | undefined): number | undefined {
  const code = /^exited \((\d+)\)/i.exec(statusText ?? "")?.[1];
  return code === undefined ? undefined : Number(code);
}

/** Another of its kind runs on the same host: this one was replaced. */
function hasTwin({ id, kind, host }: Component, stack: Stack): boolean {
  return stack.components.some(
    (other) =>
      other.id !== id &&
      other.kind === kind &&
      other.host === host &&
      /^(?:running|up)/i.test(other.docker?.state ?? other.docker?.statusText ?? ""),
  );
}
