// Data in the container's own layer is gone with the container.
import type { DockerContainer } from "../../../model/docker.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { readLokiConfig } from "../../../stack/loki-config.ts";
import { byHand } from "../../by-hand.ts";

interface Kept {
  readonly what: string;
  readonly path: string;
  readonly at?: Place;
}

export const rule = defineRule({
  id: "docker/state-not-on-volume",
  title: "A component keeps its data inside the container, on no volume: every re-creation loses it",
  why: "Paths that no volume or bind mount covers lie in the container's writable layer. `docker compose up` after a change of image or flags removes the container, and with it the chunks, silences, dashboards or samples. Images with a VOLUME line get an anonymous volume, which a re-creation by another tool does not find again.",
  severity: "notice",
  component: "docker",
  layer: "storage",
  nature: "cause",
  effect: "none",
  needs: ["docker.containers"],
  uses: ["config.documents"],
  decideWith: "docker inspect -f '{{json .Mounts}}' CONTAINER; docker diff CONTAINER | head",
  references: ["https://docs.docker.com/engine/storage/volumes/"],
  check(facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      const container = component.docker?.declared ?? component.docker;
      if (!container || (container.origin === "running" && container.mounts === undefined)) return [];
      // kept elsewhere, or nothing of its own to keep
      const lost = stateOf(component, container, facts, stack).filter(({ path }) => !isKept(container, path));
      const [first] = lost;
      if (!first) return [];
      const list = [...new Set(lost.map(({ what, path }) => `${what} (${path})`))].slice(0, 5);
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${container.name} keeps ${list.join(", ")} on no volume: it is lost when the container is created anew`,
          proof: [first.at ?? container.fieldsAt?.mounts ?? container.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding) =>
    byHand(
      `Mount a named volume on ${/\((\/[^)]*)\)/.exec(finding.says)?.[1] ?? "the data path"}; copy what is there first: docker cp CONTAINER:PATH .`,
      "In the compose file",
    ),
});

function stateOf(
  component: Component,
  container: DockerContainer,
  facts: Pick<Facts, "config.documents">,
  stack: Stack,
): Kept[] {
  const flag = (name: RegExp) =>
    component.args.map(({ text }) => name.exec(text)?.[1]).find((value) => value !== undefined);
  if (component.kind === "loki") {
    const all = facts["config.documents"].filter(({ kind, value }) => kind === "loki" && value !== undefined);
    const isAlone = stack.components.filter(({ kind }) => kind === "loki").length === 1;
    const doc =
      component.configs.find(({ kind }) => kind === "loki") ??
      (isAlone && all.length === 1 ? all[0] : undefined);
    if (!doc || doc.fragment) return [];
    return readLokiConfig(doc, component.version)
      .paths.filter(({ what, isRelative }) => /chunk|index|wal|compactor/.test(what) && !isRelative)
      .map(({ what, path, at }) => ({ what, path, at }));
  }
  if (component.kind === "alertmanager")
    return [
      { what: "silences and notification log", path: flag(/^--storage\.path=(\/\S+)/) ?? "/alertmanager" },
    ];
  if (component.kind === "grafana") {
    const hasDatabase = container.env?.some(({ name }) => /^GF_DATABASE_(?:URL|HOST|TYPE)$/.test(name));
    return hasDatabase ? [] : [{ what: "its database", path: "/var/lib/grafana" }];
  }
  if (component.kind !== "prometheus" || component.args.some(({ text }) => /agent/.test(text))) return [];
  return [{ what: "its samples", path: flag(/^--storage\.tsdb\.path=(\/\S+)/) ?? "/prometheus" }];
}

function isKept(container: DockerContainer, path: string): boolean {
  return (container.mounts ?? []).some(({ target, type }) => {
    const folder = target.replace(/\/{1,10}$/, "") || "/";
    // a mount of one file below (grafana.ini) does not keep the folder
    return type !== "tmpfs" && (path === folder || path.startsWith(`${folder === "/" ? "" : folder}/`));
  });
}
