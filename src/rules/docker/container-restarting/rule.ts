// Docker starts the container again after each exit, or it stays down: the log tells why.
import { defineRule } from "../../../model/rule.ts";
import { isIdleColour } from "../../colours.ts";

export const rule = defineRule({
  id: "docker/container-restarting",
  title: "A container of the monitoring stack keeps restarting or has stopped",
  why: "With a restart policy Docker starts a container again after each exit; without one it stays Exited. The exit code and the last lines of its log tell why.",
  severity: "critical",
  component: "docker",
  layer: "runtime",
  nature: "symptom",
  effect: "down",
  needs: ["docker.containers"],
  explainedBy: [
    { effect: "down", via: "same-component", mechanism: "the program ends at this fault" },
    { effect: "host-down", via: "runs-on", mechanism: "its host or engine does not work" },
  ],
  decideWith: "docker logs --tail 100 CONTAINER; docker inspect CONTAINER",
  references: ["https://docs.docker.com/engine/containers/start-containers-automatically/"],
  check(facts, stack) {
    return stack.components.flatMap((component) => {
      const container = component.docker;
      if (container?.origin !== "running") return [];
      const status = container.statusText ?? container.state ?? "";
      const isLoop = /restarting/i.test(status) || (container.restartCount ?? 0) > 3;
      const hasStopped =
        /^(exited|dead)/i.test(status) && container.exitCode !== 0 && !/^exited \(0\)/i.test(status);
      if (!isLoop && (!hasStopped || isIdleColour(container, facts["docker.containers"]))) return [];
      const exit = container.exitCode === undefined ? "" : `, exit code ${container.exitCode}`;
      return [
        {
          subject: { kind: "component" as const, id: component.id },
          component: component.id,
          says: `Container ${container.name}: ${status || "restarting"}${exit}`,
          proof: [container.at],
          certainty: "proven" as const,
          concerns: [component.id],
        },
      ];
    });
  },
});
