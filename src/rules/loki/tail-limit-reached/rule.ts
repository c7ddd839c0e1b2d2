// Live tails are few by default: ten per tenant.
import { placedNumber } from "../../../stack/setting.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/tail-limit-reached",
  title: "More live tails are open than limits_config.max_concurrent_tail_requests allows",
  why: "Grafana's Live view, logcli --tail and every loki-canary hold one tail request each. A tenant may have limits_config.max_concurrent_tail_requests of them (default 10); further ones are closed with code 1011 and 400, and show nothing.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-answer",
  texts: ["max concurrent tail requests limit exceeded"],
  from: "any",
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const set = lokiSettings(facts, stack, hit.component).flatMap(
      ({ doc }) => placedNumber(doc, "limits_config", "max_concurrent_tail_requests") ?? [],
    )[0];
    return set ? { holds: true, proof: [set.at] } : { holds: true };
  },
  says: ({ line }) => {
    const [, count, limit] = /\((\d{1,9}) ?> ?(\d{1,9})\)/.exec(line.text) ?? [];
    const canary = /canary/i.test(line.text) ? " (every loki-canary keeps one open)" : "";
    return `${count ? `${count} live tails are asked for and ${limit} are allowed` : "More live tails are asked for than are allowed"}${canary}: raise limits_config.max_concurrent_tail_requests (default 10)`;
  },
  decideWith: "curl -s http://LOKI:3100/config | grep max_concurrent_tail_requests",
  references: [
    "https://github.com/grafana/loki/issues/2894",
    "https://grafana.com/docs/loki/latest/configure/#limits_config",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Set limits_config.max_concurrent_tail_requests above the number of canaries and people who tail (50), or run fewer canaries",
      [{ path: ["limits_config", "max_concurrent_tail_requests"], value: 50 }],
    ),
});
