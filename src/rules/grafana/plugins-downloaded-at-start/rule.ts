// Every start of Grafana depends on the Internet.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

const variable = /^(?:GF_INSTALL_PLUGINS|GF_PLUGINS_PREINSTALL(?:_SYNC)?)$/;

export const rule = defineRule({
  id: "grafana/plugins-downloaded-at-start",
  title: "Grafana downloads plugins at every start, so it depends on the Internet to come up",
  why: "GF_INSTALL_PLUGINS and GF_PLUGINS_PREINSTALL_SYNC fetch from grafana.com before Grafana serves; an unpinned id brings a new version at each start. Without the Internet, behind a proxy that breaks TLS, or after a plugin was withdrawn, Grafana does not start.",
  severity: "notice",
  component: "grafana",
  layer: "image",
  nature: "habit",
  effect: "none",
  needs: [],
  needsAny: ["docker.containers", "kubernetes.workloads", "kubernetes.pods"],
  decideWith: "docker inspect -f '{{.Config.Env}}' GRAFANA | tr ' ' '\\n' | grep PLUGINS",
  references: [
    "https://grafana.com/docs/grafana/latest/setup-grafana/installation/docker/#install-plugins-in-the-docker-container",
  ],
  check(_facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      if (component.kind !== "grafana") return [];
      const env = component.docker?.declared?.env ?? component.docker?.env ?? component.container?.env ?? [];
      const entry = env.find(({ name, value }) => variable.test(name) && value);
      if (!entry?.value) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${entry.name} makes ${component.name} download ${entry.value.slice(0, 120)} at every start${/[@ ]v?\d/.test(entry.value) ? "" : ", without a pinned version"}`,
          proof: [entry.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: () =>
    byHand(
      "Build an image with the plugins (grafana cli plugins install ID VERSION in a Dockerfile), or keep /var/lib/grafana/plugins on a volume",
      "Instead of the variable",
    ),
});
