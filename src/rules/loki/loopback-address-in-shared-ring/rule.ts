// Every instance tells the others that it lives at 127.0.0.1.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { isLoopback } from "../../../stack/resolve.ts";
import { byHand } from "../../by-hand.ts";
import { lokiSettings, subjectOf } from "../../loki-settings.ts";

const sharedArguments = /-(?:memberlist\.join|ring\.store)[= ]/;

export const rule = defineRule({
  id: "loki/loopback-address-in-shared-ring",
  title:
    "Loki registers 127.0.0.1 in a ring that several instances share, so each takes the others for itself",
  why: "common.ring.instance_addr: 127.0.0.1 stands in the image's local-config.yaml and suits one process. With memberlist (or Consul, etcd) every instance registers that address: distributors send all copies to themselves, queriers ask themselves only, and lines of the other instances are not found.",
  severity: "critical",
  component: "loki",
  layer: "network",
  nature: "cause",
  effect: "no-answer",
  phase: "run",
  needs: ["config.documents"],
  decideWith: "curl -s -H 'Accept: application/json' http://LOKI:3100/ring",
  references: [
    "https://github.com/grafana/loki/issues/5206",
    "https://grafana.com/docs/loki/latest/configure/#common",
  ],
  check(facts, stack) {
    const arguments_ = facts["config.documents"].find(
      (doc) =>
        doc.kind === "compose" && sharedArguments.test(doc.text.slice(0, 200_000)) && /loki/i.test(doc.text),
    );
    return lokiSettings(facts, stack).flatMap((settings): FindingDraft[] => {
      const address = settings.instanceAddress;
      if (!address || !isLoopback(address.value)) return [];
      const ring = settings.rings.find(({ store }) => /^(?:memberlist|consul|etcd)$/.test(store.value));
      if (!ring && !arguments_) return [];
      const several =
        arguments_ !== undefined ||
        settings.memberlistJoin.length > 1 ||
        (settings.replicationFactor.value ?? 1) > 1;
      if (!several) return [];
      return [
        {
          ...subjectOf(settings),
          says: `instance_addr is ${address.value} while the ring is shared (${ring ? `kvstore ${ring.store.value}` : "-memberlist.join, -ring.store=memberlist in the arguments"}): all instances register the same loopback address; leave instance_addr out or name the interface`,
          proof: [
            address.at,
            ...(ring ? [ring.store.at] : []),
            ...(arguments_ && !ring ? [arguments_.at] : []),
          ],
          certainty: "proven",
        },
      ];
    });
  },
  explains: [
    {
      rule: "loki/ring-members-unhealthy",
      via: "anything",
      mechanism: "the members cannot be told apart by their address",
    },
  ],
  fix: () =>
    byHand(
      "Take instance_addr: 127.0.0.1 out of common.ring (or set common.instance_interface_names: [eth0]), and set the ring's kvstore in the file: store: memberlist with memberlist.join_members",
      "In loki.yaml of every instance, then restart them one by one",
    ),
});
