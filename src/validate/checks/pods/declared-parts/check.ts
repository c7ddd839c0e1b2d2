// A part that is gone altogether fails no check of its own: only who declared it can miss it.

import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import { componentKinds } from "../../../../model/component.ts";
import { declaredAway } from "../../../subjects.ts";

export const check = defineCheck({
  id: "pods/declared-parts",
  suite: "pods",
  proves: "every part that was declared exists on its host",
  needs: [],
  uses: ["docker.containers", "docker.engines", "host.units"],
  hints: ["docker/container-stopped"],
  decideWith: "docker ps -a; systemctl list-units --all",
  absent: ({ expectation }) =>
    expectation.parts.length > 0
      ? undefined
      : "nobody declared which parts must exist: give a model (-f watchmend.yaml) or --expect FILE",
  run({ facts, stack, expectation }) {
    const read = new Set(
      [...facts["docker.containers"], ...facts["docker.engines"], ...facts["host.units"]].flatMap(
        ({ host }) => host ?? [],
      ),
    );
    return expectation.parts.map(({ kind, host }): VerdictDraft => {
      const own = stack.components.find(
        (component) => component.kind === kind && (host === undefined || component.host === host),
      );
      const where = host === undefined ? "" : ` on ${host}`;
      const subject = { kind: "component", id: host === undefined ? kind : `${host}/${kind}` } as const;
      if (own) return { subject, state: "pass", says: `there is a ${kind}${where}`, proof: [own.at] };
      const away = host === undefined ? undefined : declaredAway(expectation, host);
      if (away)
        return {
          subject,
          state: "skip",
          says: `no ${kind}${where} was seen, as declared: ${away}`,
          proof: [],
        };
      const isUnread = host === undefined ? read.size === 0 : !read.has(host);
      const known = componentKinds.some((one) => one === kind);
      if (isUnread || !known) {
        const why = known ? `${host ?? "no host"} was not read` : `${kind} is no part that watchmend knows`;
        return {
          subject,
          state: "unknown",
          says: `whether there is a ${kind}${where} is not known: ${why}`,
          proof: [],
        };
      }
      return { subject, state: "fail", says: `a ${kind} was declared${where}, and there is none`, proof: [] };
    });
  },
});
