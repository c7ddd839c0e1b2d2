// The Loki log driver runs in the host's namespaces.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/log-driver-resolves-on-host",
  title:
    "The Loki log driver uses a compose service name, but it resolves names on the host, where that name does not exist",
  why: "Log drivers run beside dockerd, in the host's network namespace. Compose names exist only inside the compose network; the host's stub resolver does not know them.",
  severity: "critical",
  component: "docker",
  layer: "dns",
  nature: "cause",
  effect: "no-data-out",
  from: "any",
  texts: [
    "lookup {name} on 127.0.0.53:53: server misbehaving",
    "lookup {name} on 127.0.0.53:53: no such host",
  ],
  uses: ["docker.containers"],
  unconfirmed: "silent",
  confirm: (hit, facts) => {
    const driver = facts["docker.containers"].find((container) => container.logDriver === "loki");
    const isDriver =
      /loki\/api\/v1\/push/.test(hit.line.text) &&
      (hit.line.component === "docker" || /dockerd|level=error msg=.*plugin/.test(hit.line.text));
    if (driver) return { holds: true, proof: [driver.at] };
    return isDriver ? { holds: true, certainty: "likely" } : {};
  },
  says: ({ captures }) =>
    `The log driver asks the host's resolver (127.0.0.53) for ${captures.name}, a name that exists only inside the compose network`,
  rivals: [
    {
      rule: "kubernetes/service-name-wrong",
      tellApart: "from inside a container the resolver would be 127.0.0.11",
    },
  ],
  decideWith: "docker inspect -f '{{.HostConfig.LogConfig}}' CONTAINER",
  references: ["https://grafana.com/docs/loki/latest/send-data/docker-driver/"],
  fix: () => ({
    summary: "loki-url: http://127.0.0.1:3100/loki/api/v1/push with Loki's port published",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "In the logging options",
        command: "loki-url: http://127.0.0.1:3100/loki/api/v1/push",
      },
    ],
  }),
});
