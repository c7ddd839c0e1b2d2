// A tag that the project never published.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeImage } from "../../change-container.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "manifest for {image} not found: manifest unknown",
  "failed to resolve reference {reference} not found",
  "manifest unknown: manifest unknown",
  "pull access denied for {image}",
];
const patterns = texts.map(compilePattern);
/** Projects that write every version tag with a leading v. */
const withV =
  /^(?:docker\.io\/)?(?:prom|quay\.io\/prometheus)\/(?:prometheus|alertmanager|node-exporter|blackbox-exporter|pushgateway|snmp-exporter|mysqld-exporter)$|^(?:docker\.io\/)?grafana\/alloy$|^gcr\.io\/cadvisor\/cadvisor$/;

/** Promtail ended with 3.6, which promtail/image-gone tells. */
const gone = /promtail:v?(?:3\.(?:[7-9]|\d\d)|[4-9])/;

export const rule = defineRule({
  id: "docker/image-tag-unknown",
  title: "The image tag does not exist in the registry, so the container cannot be created",
  why: "Each project has its own way to write tags: Prometheus, Alertmanager, node-exporter, cAdvisor and Alloy with a leading v (`v0.27.0`), Grafana, Loki and Promtail without. A tag in the other form, or of a version that was never published, ends with `manifest unknown`.",
  severity: "critical",
  component: "docker",
  layer: "image",
  nature: "cause",
  effect: "down",
  phase: "image",
  needs: [],
  needsAny: ["docker.containers", "text.lines"],
  uses: ["config.documents", "kubernetes.objects"],
  texts,
  rivals: [
    { rule: "kubernetes/image-pull-failed", tellApart: "there the kubelet pulls, and its events say why" },
    { rule: "promtail/image-gone", tellApart: "there the version itself was never built" },
  ],
  decideWith: "docker manifest inspect IMAGE:TAG",
  references: [
    "https://hub.docker.com/r/prom/alertmanager/tags",
    "https://hub.docker.com/r/grafana/loki/tags",
  ],
  check({ "text.lines": lines }, stack) {
    const refusal = lines.findLast(
      (line) =>
        matches(patterns, line) &&
        (!line.component || line.component === "docker") &&
        !line.pod &&
        !gone.test(line.text),
    );
    const refused = /(?:manifest for|pull access denied for|reference) \\?"?([\w./-]+(?::[\w.-]+)?)/.exec(
      refusal?.text ?? "",
    )?.[1];
    const findings = stack.components.flatMap((component): FindingDraft[] => {
      const container = component.docker?.declared ?? component.docker;
      const image = container?.image;
      if (!container || !image) return [];
      const [name = "", tag = ""] = splitTag(image);
      const isWrong = withV.test(name) && /^\d+\.\d+\.\d+/.test(tag);
      const isRefused = refused !== undefined && splitTag(refused).join(":").endsWith([name, tag].join(":"));
      if (
        gone.test(image) ||
        (!isWrong && !(isRefused && /not found|manifest unknown/.test(refusal?.text ?? "")))
      )
        return [];
      // an image that runs exists, under whatever name
      if (
        component.docker?.origin === "running" &&
        /^(?:up|running)/i.test(component.docker.statusText ?? component.docker.state ?? "")
      )
        return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: isWrong
            ? `${image} does not exist: tags of ${name} begin with v (${name}:v${tag})`
            : `${image} does not exist in its registry (manifest unknown)`,
          proof: [
            container.fieldsAt?.image ?? container.at,
            ...(refusal ? [{ ...refusal.at, excerpt: refusal.text }] : []),
          ],
          certainty: "proven",
        },
      ];
    });
    if (findings.length > 0 || !refusal || !refused || /denied/.test(refusal.text)) return findings;
    const [name = "", tag = ""] = splitTag(refused);
    return [
      {
        subject: { kind: "component", id: refused },
        says: `${refused} does not exist in its registry (manifest unknown)${withV.test(name) && /^\d/.test(tag) ? `: tags of ${name} begin with v (${name}:v${tag})` : ""}`,
        proof: [{ ...refusal.at, excerpt: refusal.text }],
        certainty: "proven",
      },
    ];
  },
  fix: (finding, facts, stack) =>
    repair(
      "Write the tag as the registry has it",
      "disruptive",
      changeImage(ownerOf(finding, stack), facts, /\((\S+:v\S+)\)/.exec(finding.says)?.[1]),
    ) ??
    byHand(
      `Write a tag that exists${/\((\S+:v\S+)\)/.exec(finding.says)?.[1] ? `: ${/\((\S+:v\S+)\)/.exec(finding.says)?.[1]}` : ""}, then docker compose pull && docker compose up -d`,
      "In the compose file",
      undefined,
      "safe",
    ),
});

function splitTag(image: string): readonly [string, string] {
  const bare = image.split("@")[0] ?? image;
  const colon = bare.indexOf(":", bare.lastIndexOf("/"));
  return colon < 0 ? [bare, ""] : [bare.slice(0, colon), bare.slice(colon + 1)];
}
