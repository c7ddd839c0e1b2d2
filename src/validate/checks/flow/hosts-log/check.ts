// Loki must know every host that should send logs.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import { declaredAway, noneOf } from "../../../subjects.ts";

/** Labels in which agents put the host's name. */
const hostLabels: ReadonlySet<string> = new Set([
  "host",
  "hostname",
  "instance",
  "node",
  "node_name",
  "nodename",
]);

export const check = defineCheck({
  id: "flow/hosts-log",
  suite: "flow",
  proves: "logs of every host have arrived in Loki",
  needs: ["loki.labels"],
  hints: ["promtail/push-failing", "promtail/nothing-to-tail", "loki/tenant-header-missing"],
  decideWith: "curl -s http://LOKI:3100/loki/api/v1/label/host/values",
  absent: ({ stack, expectation }) =>
    noneOf(["loki"], stack) ??
    (expectation.logging.length > 0 ? undefined : "no host is known that should send logs"),
  run({ facts, expectation }) {
    const labels = facts["loki.labels"].filter(
      ({ name, values }) => hostLabels.has(name) && values !== undefined,
    );
    const known = new Set(labels.flatMap(({ values }) => values ?? []).map(shortName));
    const declared = expectation.logging.map((host): VerdictDraft => {
      const base = {
        subject: { kind: "host", id: host } as const,
        proof: labels.map(({ at }) => at).slice(0, 3),
      };
      if (labels.length === 0)
        return { ...base, state: "unknown", says: `which hosts Loki knows was not asked` };
      if (known.has(shortName(host))) return { ...base, state: "pass", says: `Loki has logs of ${host}` };
      const away = declaredAway(expectation, host);
      if (away) return { ...base, state: "skip", says: `Loki has no logs of ${host}, as declared: ${away}` };
      return { ...base, state: "fail", says: `Loki has no logs of ${host}` };
    });
    if (expectation.from === "discovered") return declared;
    const wanted = new Set(expectation.logging.map(shortName));
    const named = labels.filter(({ name }) => name === "host" || name === "hostname");
    const extra = [...new Set(named.flatMap(({ values = [] }) => values))].filter(
      (host) => !wanted.has(shortName(host)),
    );
    if (extra.length === 0) return declared;
    const shown = `${extra.slice(0, 5).join(", ")}${extra.length > 5 ? ", …" : ""}`;
    const says = `Loki has logs of ${shown}, which nobody declared as a host`;
    const proof = named.map(({ at }) => at).slice(0, 3);
    return [...declared, { subject: { kind: "host", id: "other hosts" }, state: "warn", says, proof }];
  },
});

function shortName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "").split(".")[0] ?? host;
}
