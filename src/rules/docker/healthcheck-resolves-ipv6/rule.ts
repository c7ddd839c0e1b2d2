// A health check on `localhost` that meets ::1 first.

import type { DockerContainer } from "../../../model/docker.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { itemsOf, valueAt } from "../../../model/json-value.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { DocumentEdit } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import type { TextLine } from "../../../model/text.ts";
import { byHand } from "../../by-hand.ts";
import { repair } from "../../change-configuration.ts";
import {
  type ComposeService,
  type ContainerFacts,
  changeService,
  servicesOf,
} from "../../change-container.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "Connecting to localhost:{port#} ([::1]:{again#})",
  "wget: can't connect to remote host: Connection refused",
  "wget: can't connect to remote host",
  "Connecting to localhost ([::1]",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "docker/healthcheck-resolves-ipv6",
  title:
    "The health check asks localhost, which is ::1 first, while the program listens on IPv4 only: the container counts as unhealthy",
  why: "BusyBox wget tries the first address of localhost and does not fall back. Where the container has ::1 and the program listens on 0.0.0.0 only, the check is refused for ever: a good container is (unhealthy), and what depends on it never starts.",
  severity: "critical",
  component: "docker",
  layer: "probe",
  nature: "cause",
  effect: "not-ready",
  phase: "ready",
  needs: ["text.lines"],
  uses: ["config.documents", "kubernetes.objects", "docker.containers", "host.dials"],
  texts,
  rivals: [
    {
      rule: "loki/image-has-no-shell",
      tellApart: "there the check cannot be executed at all (no wget or shell in the image)",
    },
  ],
  decideWith:
    "docker inspect -f '{{json .State.Health.Log}}' CONTAINER; docker exec CONTAINER wget -qO- http://127.0.0.1:PORT/",
  references: [
    "https://github.com/docker/for-mac/issues/7269",
    "https://github.com/wallabag/docker/issues/407",
  ],
  check(facts) {
    const lines = facts["text.lines"].filter((line) => matches(patterns, line));
    // wget writes the first line in front of a success as well
    const v6 = lines.findLast((line) => /\[::1\]/.test(line.text) && isRefused(line, lines));
    const refused = lines.findLast((line) => refusal.test(line.text) && !/\d\.\d/.test(line.text));
    const checked = facts["docker.containers"].filter((container) =>
      container.healthcheck?.some((word) => /localhost/.test(word)),
    );
    const unhealthy = checked.find((container) =>
      /unhealthy/.test(`${container.health ?? ""} ${container.statusText ?? ""}`),
    );
    const usesWget = /wget/.test(unhealthy?.healthcheck?.join(" ") ?? "");
    const isServed =
      unhealthy !== undefined &&
      facts["host.dials"].some(
        (dial) => dial.outcome === "connected" && dial.targetPort === checkedPort(unhealthy),
      );
    if (!v6 && !(refused && usesWget && isServed)) return [];
    const line = v6 ?? refused;
    if (!line) return [];
    const port = line.text.match(/localhost:(\d+)/)?.[1] ?? (unhealthy ? checkedPort(unhealthy) : undefined);
    const whose = unhealthy ?? (checked.length === 1 ? checked[0] : undefined);
    const finding: FindingDraft = {
      subject: { kind: "component", id: whose?.name ?? "container" },
      says: `The health check${whose ? ` of ${whose.name}` : ""} asks localhost${port ? `:${port}` : ""}, which resolves to [::1] and is refused; the program listens on IPv4 only (use 127.0.0.1 in the check)`,
      proof: [
        { ...line.at, excerpt: line.text },
        ...(whose ? [whose.fieldsAt?.healthcheck ?? whose.at] : []),
      ],
      certainty: v6 ? "proven" : "likely",
    };
    return [finding];
  },
  fix: (finding, facts) =>
    repair(
      "Let the check ask 127.0.0.1",
      "disruptive",
      checkedServices(finding, facts).flatMap((service) =>
        changeService(service, "Write 127.0.0.1 instead of localhost in the check", testEdits(service)),
      ),
    ) ??
    byHand(
      "Write 127.0.0.1 instead of localhost in the healthcheck's test (wget -qO- http://127.0.0.1:3000/api/health), then recreate the container",
      "In the compose file",
      undefined,
      "safe",
    ),
});

const refusal = /can't connect to remote host|Connection refused/i;

function isRefused(line: TextLine, lines: readonly TextLine[]): boolean {
  return (
    refusal.test(line.text) ||
    lines.some((other) => other.streamId === line.streamId && refusal.test(other.text))
  );
}

function checkedPort(container: DockerContainer): number | undefined {
  const port = container.healthcheck?.join(" ").match(/localhost:(\d{1,5})/)?.[1];
  return port === undefined ? undefined : Number(port);
}

function checkedServices(
  { subject }: FindingDraft,
  facts: ContainerFacts & Pick<Facts, "docker.containers">,
): readonly ComposeService[] {
  return servicesOf(
    facts["docker.containers"].find((one) => one.name === subject.id),
    facts,
  );
}

function testEdits({ value }: ComposeService): readonly DocumentEdit[] {
  const test = valueAt(value.healthcheck, "test");
  const numeric = (text: string): string => text.replaceAll(/\blocalhost\b/g, "127.0.0.1");
  if (typeof test === "string")
    return [{ op: "replace", path: ["healthcheck", "test"], value: numeric(test), expect: test }];
  return itemsOf(test).flatMap((word, i): DocumentEdit[] =>
    typeof word === "string" && numeric(word) !== word
      ? [{ op: "replace", path: ["healthcheck", "test", i], value: numeric(word), expect: word }]
      : [],
  );
}
