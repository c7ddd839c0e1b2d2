// Loki runs and says for long that it is not ready.
import { defineRule } from "../../../model/rule.ts";

export const rule = defineRule({
  id: "loki/not-ready",
  title: "Loki's readiness endpoint keeps answering not ready",
  why: "/ready is 503 for about 15 seconds after the first poll by design. After that the body names the module that holds it back: the ring, the ingester, or a query front end without queriers.",
  severity: "warning",
  component: "loki",
  layer: "state",
  nature: "symptom",
  effect: "not-ready",
  needs: ["component.health"],
  explainedBy: [
    { effect: "down", via: "same-component" },
    {
      effect: "not-ready",
      via: "same-component",
      mechanism: "the module named in the answer cannot become ready because of this",
    },
  ],
  decideWith: "curl -si http://LOKI:3100/ready   # twice, 30 seconds apart",
  references: ["https://grafana.com/docs/loki/latest/reference/loki-http-api/#readiness-probe"],
  check({ "component.health": answers }, stack) {
    const ofLoki = answers.filter((answer) => answer.component === "loki");
    const last = ofLoki.at(-1);
    if (!last || last.healthy || ofLoki.length < 2) return [];
    const isStarting = /waiting for 15s|waiting for 0s/i.test(last.body);
    if (isStarting) return [];
    const owner = stack.components.filter((component) => component.kind === "loki");
    return [
      {
        subject: { kind: "component" as const, id: owner.length === 1 && owner[0] ? owner[0].id : "loki" },
        says: `Loki answers ${last.httpStatus ?? "503"}: ${last.body.trim().slice(0, 160)}`,
        proof: [last.at],
        certainty: "proven" as const,
      },
    ];
  },
});
