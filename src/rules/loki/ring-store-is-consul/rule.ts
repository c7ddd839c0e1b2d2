// Loki looks for a Consul that nobody runs: the ring's store was left at its default.
import { lokiFix } from "../../loki-fix.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/ring-store-is-consul",
  title:
    "Loki's ring is kept in Consul at localhost:8500 (the default kvstore), where nobody runs: no kvstore is set for it",
  why: "Every ring (ingester, distributor, compactor, ruler, index gateway, query scheduler) has a kvstore whose default is consul at localhost:8500. Without common.ring.kvstore.store or memberlist, which sets it for all, one forgotten ring keeps the default, its module fails, and Loki ends.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "ready",
  texts: ["localhost:8500/v1/kv/{key*}", "127.0.0.1:8500/v1/kv/{key*}", "[::1]:8500/v1/kv/{key*}"],
  from: ["loki"],
  confirm: (hit) => ({ holds: /refused|dial tcp|cannot assign/i.test(hit.line.text) }),
  says: ({ line }) => {
    const ring = /\/v1\/kv\/collectors\/([\w-]+)/.exec(line.text)?.[1];
    return `The ring${ring ? ` ${ring}` : ""} has no kvstore set, so Loki looks for Consul at localhost:8500 and is refused: set common.ring.kvstore.store: inmemory for one instance (or memberlist with join_members for several)`;
  },
  rivals: [
    {
      rule: "loki/ring-stays-empty",
      tellApart: "there the store answers and no member has joined",
    },
  ],
  decideWith: "curl -s http://LOKI:3100/config | grep -n -A2 kvstore; logcli is not needed",
  references: [
    "https://github.com/grafana/loki/pull/9646",
    "https://grafana.com/docs/loki/latest/configure/#common",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Set common.ring.kvstore.store: inmemory (one instance), or store: memberlist and memberlist.join_members (several); it holds for all rings",
      [{ path: ["common", "ring", "kvstore", "store"], value: "inmemory" }],
    ),
  uses: ["config.documents"],
});
