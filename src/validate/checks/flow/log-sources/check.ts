// Every declared source of logs must have streams of its own in Loki.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import { noneOf } from "../../../subjects.ts";

export const check = defineCheck({
  id: "flow/log-sources",
  suite: "flow",
  proves: "every declared source of logs has streams in Loki, and no source was forgotten",
  needs: ["loki.labels"],
  hints: ["promtail/nothing-to-tail", "promtail/push-failing"],
  decideWith: "curl -s http://LOKI:3100/loki/api/v1/label/job/values",
  absent: ({ stack, expectation }) =>
    noneOf(["loki"], stack) ??
    (expectation.logSources.length > 0
      ? undefined
      : "nobody declared which sources of logs must exist: give a model (-f watchmend.yaml) or --expect FILE"),
  run({ facts, expectation }) {
    const known = facts["loki.labels"].filter(({ values }) => values !== undefined);
    const pairs = expectation.logSources.map((text) => {
      const cut = text.indexOf("=");
      return { text, label: text.slice(0, cut), value: text.slice(cut + 1) };
    });
    const declared = pairs.map(({ text, label, value }): VerdictDraft => {
      const own = known.filter(({ name }) => name === label);
      const base = {
        subject: { kind: "link", id: `loki ← ${text}` } as const,
        proof: own.map(({ at }) => at),
      };
      if (own.length === 0)
        return { ...base, state: "unknown", says: `which values of ${label} Loki knows was not asked` };
      return own.some(({ values }) => values?.includes(value))
        ? { ...base, state: "pass", says: `Loki has streams of ${text}` }
        : { ...base, state: "fail", says: `${text} was declared, but Loki has no such stream` };
    });
    const labels = new Set(pairs.map(({ label }) => label));
    const surplus = known
      .filter(({ name }) => labels.has(name))
      .flatMap(({ name, values = [], at }): VerdictDraft[] => {
        const extra = values.filter((value) => !expectation.logSources.includes(`${name}=${value}`));
        if (extra.length === 0) return [];
        const shown = `${extra.slice(0, 5).join(", ")}${extra.length > 5 ? ", …" : ""}`;
        const says = `Loki has streams with ${name} ${shown}, which nobody declared`;
        return [{ subject: { kind: "link", id: `loki ← other ${name}` }, state: "warn", says, proof: [at] }];
      });
    return [...declared, ...surplus];
  },
});
