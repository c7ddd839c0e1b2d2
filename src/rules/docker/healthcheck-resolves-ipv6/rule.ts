// A health check on `localhost` that meets ::1 first.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../text-rule.ts";

const texts = [
  "Connecting to localhost:{port#} ([::1]:{again#})",
  "wget: can't connect to remote host: Connection refused",
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
  uses: ["docker.containers"],
  texts,
  rivals: [
    {
      rule: "image-without-shell",
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
    const v6 = lines.findLast((line) => /\[::1\]/.test(line.text));
    const refused = lines.findLast((line) => /can't connect to remote host/.test(line.text));
    const checked = facts["docker.containers"].filter((container) =>
      container.healthcheck?.some((word) => /localhost/.test(word)),
    );
    const unhealthy =
      checked.find((container) =>
        /unhealthy/.test(`${container.health ?? ""} ${container.statusText ?? ""}`),
      ) ?? checked[0];
    if (!v6 && !(refused && unhealthy && /wget/.test(unhealthy.healthcheck?.join(" ") ?? ""))) return [];
    const line = v6 ?? refused;
    if (!line) return [];
    const port =
      line.text.match(/localhost:(\d+)/)?.[1] ??
      unhealthy?.healthcheck?.join(" ").match(/localhost:(\d+)/)?.[1];
    const finding: FindingDraft = {
      subject: { kind: "component", id: unhealthy?.name ?? "container" },
      says: `The health check${unhealthy ? ` of ${unhealthy.name}` : ""} asks localhost${port ? `:${port}` : ""}, which resolves to [::1] and is refused; the program listens on IPv4 only (use 127.0.0.1 in the check)`,
      proof: [
        { ...line.at, excerpt: line.text },
        ...(unhealthy ? [unhealthy.fieldsAt?.healthcheck ?? unhealthy.at] : []),
      ],
      certainty: v6 ? "proven" : "likely",
    };
    return [finding];
  },
  fix: () =>
    byHand(
      "Write 127.0.0.1 instead of localhost in the healthcheck's test (wget -qO- http://127.0.0.1:3000/api/health), then recreate the container",
      "In the compose file",
      undefined,
      "safe",
    ),
});
