// The Loki log driver runs in the host's namespaces.
import type { DockerContainer } from "../../../model/docker.ts";
import type { DocumentEdit } from "../../../model/plan.ts";
import { textAt } from "../../../stack/config-value.ts";
import { parseAddress } from "../../../stack/resolve.ts";
import { repair } from "../../change-configuration.ts";
import { type ComposeService, changeService, servicesOf } from "../../change-container.ts";
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
  uses: ["config.documents", "kubernetes.objects", "docker.containers"],
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
  fix: (_finding, facts) =>
    repair(
      "Push to Loki's published port on the host itself",
      "disruptive",
      facts["docker.containers"]
        .filter(({ logDriver }) => logDriver === "loki")
        .flatMap((container) => servicesOf(container, facts))
        .flatMap((service) =>
          changeService(
            service,
            "Push to the host's own address",
            urlEdits(service, facts["docker.containers"]),
          ),
        ),
    ) ?? {
      summary: "loki-url: http://127.0.0.1:3100/loki/api/v1/push with Loki's port published",
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: "In the logging options",
          command: "loki-url: http://127.0.0.1:3100/loki/api/v1/push",
        },
      ],
    },
});

function urlEdits(
  { value }: ComposeService,
  containers: readonly DockerContainer[],
): readonly DocumentEdit[] {
  const path = ["logging", "options", "loki-url"];
  const url = textAt(value, ...path);
  const address = url === undefined ? undefined : parseAddress(url);
  const loki = containers.find(
    (one) => one.name === address?.host || (one.service !== undefined && one.service === address?.host),
  );
  const published = loki?.ports?.find(({ containerPort }) => containerPort === address?.port)?.hostPort;
  if (url === undefined || published === undefined) return [];
  const fresh = url.replace(/^(https?:\/\/)[^/]+/, `$1127.0.0.1:${published}`);
  return [{ op: "replace", path, value: fresh, expect: url }];
}
