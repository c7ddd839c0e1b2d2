// cAdvisor's old registries get no new versions.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeImage } from "../../change-container.ts";

const frozen =
  /^(?:docker\.io\/)?(?:google\/cadvisor|(?:k8s\.)?gcr\.io\/(?:google_containers\/|google-containers\/|cadvisor\/)?cadvisor)(?::|@|$)/;

export const rule = defineRule({
  id: "cadvisor/image-registry-frozen",
  title:
    "cAdvisor is pulled from a registry that gets no new versions (gcr.io, Docker Hub); they are on ghcr.io",
  why: "google/cadvisor on Docker Hub ends with 0.33 and gcr.io/cadvisor/cadvisor with 0.52; `latest` there is that version for ever. Newer ones, which know the containerd image store of Docker 29 and its API, are ghcr.io/google/cadvisor.",
  severity: "notice",
  component: "cadvisor",
  layer: "image",
  nature: "habit",
  effect: "none",
  needs: [],
  needsAny: ["docker.containers", "kubernetes.workloads", "kubernetes.pods"],
  uses: ["config.documents", "kubernetes.objects"],
  decideWith: "docker inspect -f '{{.Config.Image}}' CADVISOR",
  references: ["https://github.com/google/cadvisor#quick-start-running-cadvisor-in-a-docker-container"],
  check(_facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      const docker = component.docker?.declared ?? component.docker;
      const image = docker?.image ?? component.container?.image;
      if (component.kind !== "cadvisor" || !image || !frozen.test(image)) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${image} comes from a registry without newer versions; use ghcr.io/google/cadvisor`,
          proof: [docker?.fieldsAt?.image ?? docker?.at ?? component.container?.at ?? component.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding, facts, stack) =>
    repair(
      "Pull cAdvisor from where its new versions are",
      "disruptive",
      changeImage(ownerOf(finding, stack), facts, "ghcr.io/google/cadvisor:v0.53.0"),
    ) ??
    byHand(
      "image: ghcr.io/google/cadvisor:VERSION (0.56.2 or newer with Docker 29)",
      "In the compose file or manifest",
      undefined,
      "safe",
    ),
});
