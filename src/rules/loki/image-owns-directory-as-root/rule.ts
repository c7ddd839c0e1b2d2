// One release of the image in which /loki belongs to root.
import type { Fix } from "../../../model/finding.ts";
import type { Step } from "../../../model/plan.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeImage, withTag } from "../../change-container.ts";
import { imageOwnsAsRoot } from "../../loki-image.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/image-owns-directory-as-root",
  title: "The image grafana/loki:3.6.0 has /loki owned by root: a known fault of that release",
  why: "The Dockerfile of 3.6.0 copies /loki without --chown=10001, and the process runs as uid 10001. A fresh named volume takes over that owner, so Loki may not create chunks, rules or wal in it and exits. 3.6.1 corrects it; volumes made by 3.6.0 stay owned by root.",
  severity: "critical",
  component: "loki",
  layer: "image",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: [
    "mkdir /loki/{folder}: permission denied",
    "mkdir /loki: permission denied",
    "open /loki/{folder}: permission denied",
  ],
  uses: ["config.documents", "kubernetes.objects", "docker.containers"],
  unconfirmed: "silent",
  confirm(hit) {
    const component = hit.component;
    if (!component || !imageOwnsAsRoot(component)) return { holds: false };
    return { holds: true, proof: component.versionAt ? [component.versionAt] : [] };
  },
  says: ({ captures }) =>
    `In the image grafana/loki:3.6.0 /loki belongs to root, and uid 10001 may not write ${captures.folder ? `/loki/${captures.folder}` : "to it"}: use 3.6.1 or newer, and chown 10001:10001 the volume that 3.6.0 has made`,
  rivals: [
    {
      rule: "loki/data-directory-not-writable",
      tellApart: "with a bind mount or another version the owner of the volume is at fault, not the image",
    },
  ],
  decideWith: "docker run --rm -v VOLUME:/loki busybox stat -c '%u:%g' /loki",
  references: [
    "https://github.com/grafana/loki/pull/19948",
    "https://github.com/grafana/loki/pull/19952",
    "https://github.com/grafana/loki/blob/v3.6.0/cmd/loki/Dockerfile",
  ],
  fix: (finding, facts, stack) =>
    withOwner(
      repair(
        "Run 3.6.1, whose image owns its directory; a volume that 3.6.0 has made is handed over once",
        "disruptive",
        changeImage(ownerOf(finding, stack), facts, withTag(ownerOf(finding, stack)?.image, "3.6.1")),
      ),
    ) ?? {
      summary:
        "Use grafana/loki:3.6.1 or newer; hand the existing volume to uid 10001 once (chown 10001:10001)",
      risk: "disruptive",
      steps: [
        {
          do: "by-hand",
          title: "Hand the volume over",
          command: "docker run --rm -v VOLUME:/loki busybox chown -R 10001:10001 /loki",
        },
        { do: "by-hand", title: "image: grafana/loki:3.6.1 or newer, then docker compose up -d" },
      ],
    },
});

function withOwner(fix: Fix | undefined): Fix | undefined {
  const handOver: Step = {
    do: "by-hand",
    title: "Where a volume of 3.6.0 is kept: hand its directory over",
    command: "docker run --rm -v VOLUME:/loki busybox chown 10001:10001 /loki",
  };
  return fix && { ...fix, steps: [...fix.steps, handOver] };
}
