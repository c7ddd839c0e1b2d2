// Too little was read for a verdict, and a component that nobody could look into.
import type { Report } from "../../../src/model/report.ts";

export const unknown: Report = {
  schema: "watchmend.report/v1",
  tool: { version: "0.1.0" },
  verdict: "unknown",
  coverage: {
    rules: { evaluated: 6, inconclusive: 58, notApplicable: 0 },
    missing: [
      {
        what: "logs of metrics/loki-write-0",
        because: "absent: only the pod table was read",
        decideWith: "kubectl -n metrics logs loki-write-0 --all-containers --previous",
      },
      {
        what: "events of namespace metrics",
        because: 'forbidden: events is forbidden: User "ci" cannot list resource "events"',
        decideWith: "kubectl -n metrics get events --sort-by=.lastTimestamp",
      },
      { what: "notes.docx", because: "unparseable: not a text file" },
    ],
  },
  stack: {
    components: [{ id: "metrics/loki-write-0", kind: "loki", name: "loki-write", namespace: "metrics" }],
    relations: [],
  },
  findings: [],
  links: [],
};

/** Nothing at all was recognised. */
export const nothing: Report = {
  ...unknown,
  coverage: { rules: { evaluated: 0, inconclusive: 0, notApplicable: 286 }, missing: [] },
  stack: { components: [], relations: [] },
};
