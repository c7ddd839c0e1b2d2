// `latest` and images without a tag: what runs depends on the day of the pull.
import type { DockerContainer } from "../../../model/docker.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";

const moving = /^(?:latest|main|master|edge|nightly|dev|stable)$/;

export const rule = defineRule({
  id: "docker/image-tag-moves",
  title:
    "Images of the stack have moving tags (latest, main or none): the next pull may bring another major version",
  why: "A moving tag runs whatever was pulled last. A re-creation after months jumps over major versions with changed configuration (Loki 2 to 3, Prometheus 2 to 3, cAdvisor's flags), two hosts of one stack run different versions, and a rollback is not possible.",
  severity: "notice",
  component: "docker",
  layer: "image",
  nature: "habit",
  effect: "none",
  needs: [],
  needsAny: ["docker.containers", "kubernetes.workloads", "kubernetes.pods"],
  decideWith: "docker ps --format '{{.Names}} {{.Image}}'; grep -rn 'image:' .",
  references: ["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
  check(_facts, stack) {
    const found = stack.components.flatMap((component) => {
      const { image, at } = imageOf(component);
      return image !== undefined && isMoving(image) ? [{ name: component.name, image, at }] : [];
    });
    const [first] = found;
    if (!first) return [];
    const list = found.slice(0, 8).map(({ name, image }) => `${name} (${image})`);
    const finding: FindingDraft = {
      subject: { kind: "component", id: first.name },
      says: `${found.length} ${found.length === 1 ? "image has a tag that moves" : "images have tags that move"}: ${list.join(", ")}${found.length > 8 ? ", …" : ""}; pin a version`,
      proof: found.slice(0, 8).map(({ at }) => at),
      certainty: "proven",
    };
    return [finding];
  },
  fix: () => ({
    summary: "Write the version that runs now as the tag (or its digest), and raise it on purpose",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Pin the tags in the compose files, manifests or variables" }],
  }),
});

function imageOf(component: Component): { readonly image: string | undefined; readonly at: Place } {
  const docker: DockerContainer | undefined = component.docker?.declared ?? component.docker;
  if (docker?.image) return { image: docker.image, at: docker.fieldsAt?.image ?? docker.at };
  return { image: component.container?.image, at: component.container?.at ?? component.at };
}

function isMoving(image: string): boolean {
  // digests, ids and expressions say nothing here
  if (/[@${}]/.test(image) || /^(?:sha256:)?[0-9a-f]{12,64}$/.test(image)) return false;
  const last = image.slice(image.lastIndexOf("/") + 1);
  const colon = last.indexOf(":");
  return colon < 0 || moving.test(last.slice(colon + 1));
}
