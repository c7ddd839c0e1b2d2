// A dashboard that lies on disk is not one that Grafana shows.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import { noneOf, ofKind } from "../../../subjects.ts";

export const check = defineCheck({
  id: "grafana/dashboards",
  suite: "grafana",
  proves: "every dashboard that was declared, or lies in Grafana's folder, is in Grafana",
  needs: ["grafana.dashboards"],
  after: ["pods/ready", "pods/containers-running", "health/answers"],
  hints: ["grafana/dashboard-uid-twice", "grafana/dashboard-json-invalid"],
  decideWith: "curl -su USER 'http://GRAFANA:3000/api/search?type=dash-db'",
  absent: ({ stack, expectation }) =>
    noneOf(["grafana"], stack) ??
    (expectation.dashboards.length > 0
      ? undefined
      : "no dashboard is declared, and none lies in a folder of Grafana's that was read"),
  run({ facts, stack, expectation }) {
    const [grafana] = ofKind(stack, "grafana");
    const component = grafana ? { component: grafana.id } : {};
    const found = facts["grafana.dashboards"];
    const isDeclared = ({ title, uid }: (typeof found)[number]): boolean =>
      expectation.dashboards.includes(title) || (uid !== undefined && expectation.dashboards.includes(uid));
    const wanted = expectation.dashboards.map((name): VerdictDraft => {
      const own = found.find(({ title, uid }) => title === name || uid === name);
      const subject = { kind: "object", id: `dashboard ${name}` } as const;
      if (own)
        return {
          subject,
          state: "pass",
          says: `Grafana has the dashboard ${name}`,
          proof: [own.at],
          ...component,
        };
      const origin = expectation.from === "discovered" ? "lies in Grafana's folder" : "was declared";
      const says = `the dashboard ${name} ${origin}, but Grafana does not have it`;
      return { subject, state: "fail", says, proof: found.slice(0, 1).map(({ at }) => at), ...component };
    });
    const extra = expectation.from === "discovered" ? [] : found.filter((one) => !isDeclared(one));
    if (extra.length === 0) return wanted;
    const names = `${extra
      .slice(0, 5)
      .map(({ title }) => title)
      .join(", ")}${extra.length > 5 ? ", …" : ""}`;
    const surplus: VerdictDraft = {
      subject: { kind: "object", id: "other dashboards" },
      state: "warn",
      says: `Grafana has ${extra.length === 1 ? "a dashboard" : `${extra.length} dashboards`} that nobody declared: ${names}`,
      proof: extra.slice(0, 3).map(({ at }) => at),
      ...component,
    };
    return [...wanted, surplus];
  },
});
