// node-exporter in a container with half of what it needs to see the host.
import type { FindingDraft } from "../../../model/finding.ts";
import { itemsOf } from "../../../model/json-value.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeService, servicesOf } from "../../change-container.ts";

export const rule = defineRule({
  id: "node-exporter/host-view-incomplete",
  title:
    "node-exporter's container lacks pid: host or rslave propagation, so processes and later mounts are seen wrongly",
  why: "The official run line has pid: host, network_mode: host and /:/host:ro,rslave. Without the host's process namespace the mount table read through /proc is the container's; without rslave file systems mounted after the start never appear, and those unmounted are kept busy.",
  severity: "notice",
  component: "node-exporter",
  layer: "config",
  nature: "habit",
  effect: "none",
  needs: ["docker.containers"],
  uses: ["config.documents", "kubernetes.objects"],
  decideWith: "docker inspect -f '{{.HostConfig.PidMode}} {{.HostConfig.Binds}}' NODE_EXPORTER",
  references: ["https://github.com/prometheus/node_exporter#docker"],
  check(_facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      const container = component.docker?.declared ?? component.docker;
      if (component.kind !== "node-exporter" || container?.origin !== "declared") return [];
      const root = container.mounts?.find(({ source }) => source === "/");
      const lacks = [
        ...(container.pidMode === "host" ? [] : ["pid: host"]),
        ...(root && !/slave|shared/.test(root.propagation ?? "")
          ? [`rslave on the mount of / (/:${root.target}:ro,rslave)`]
          : []),
      ];
      if (lacks.length === 0) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${container.name} lacks ${lacks.join(" and ")}`,
          proof: [root?.at ?? container.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding, facts, stack) =>
    repair(
      "Show the host's processes and its later mounts",
      "disruptive",
      servicesOf(ownerOf(finding, stack)?.docker, facts).flatMap((service) =>
        changeService(service, "Show the whole host", [
          ...(/pid: host/.test(finding.says) ? [{ op: "set" as const, path: ["pid"], value: "host" }] : []),
          ...itemsOf(service.value.volumes).flatMap((volume, i) =>
            typeof volume === "string" && /^\/:[^:]+(?::(?:ro|rw))?$/.test(volume)
              ? [
                  {
                    op: "replace" as const,
                    path: ["volumes", i],
                    value: /:r[ow]$/.test(volume) ? `${volume},rslave` : `${volume}:ro,rslave`,
                    expect: volume,
                  },
                ]
              : [],
          ),
        ]),
      ),
    ) ??
    byHand(
      'pid: host, network_mode: host, volumes: ["/:/host:ro,rslave"], command: ["--path.rootfs=/host"]',
      "In the compose file",
    ),
});
