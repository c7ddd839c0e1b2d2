// docker restart starts the container that exists: a changed compose file has no effect until it is created anew.
import type { DockerContainer } from "../../../model/docker.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const restarts = [
  "docker restart",
  "docker-compose restart",
  "docker compose restart",
  "restarted the container",
  "podman restart",
];
const patterns = restarts.map(compilePattern);

interface Difference {
  readonly says: string;
  readonly at: Place;
}

export const rule = defineRule({
  id: "docker/old-arguments-still-running",
  title:
    "The container still runs with its old flags, image or environment: a restart does not apply a changed compose file",
  why: "Image, command, environment, mounts and networks are fixed when a container is created. docker restart and docker compose restart start the same container again; only docker compose up -d (or --force-recreate) makes a new one from the file. The fix then looks wrong although it was never applied.",
  severity: "warning",
  component: "docker",
  layer: "state",
  nature: "cause",
  effect: "none",
  needs: ["docker.containers"],
  uses: ["text.lines"],
  texts: restarts,
  decideWith:
    "docker inspect -f '{{.Created}} {{.Config.Image}} {{json .Args}}' CONTAINER; docker compose config",
  references: ["https://docs.docker.com/reference/cli/docker/compose/restart/"],
  check({ "docker.containers": containers, "text.lines": lines }, stack) {
    const restart = lines.find((line) => matches(patterns, line));
    return containers.flatMap((container): FindingDraft[] => {
      const owner = stack.components.find(({ docker }) => docker === container);
      const { declared } = container;
      if (!owner || !declared || container.origin !== "running") return [];
      const [difference] = differences(container, declared);
      if (!difference) return [];
      const wasRestarted = restart !== undefined || startedLater(container);
      return [
        {
          subject: { kind: "component", id: owner.id },
          component: owner.id,
          says: `${container.name} ${difference.says}: the container was not created anew since the change${wasRestarted ? " (it was only restarted)" : ""}; run docker compose up -d --force-recreate ${declared.service ?? container.name}`,
          proof: [
            container.argsAt ?? container.at,
            difference.at,
            ...(restart ? [{ ...restart.at, excerpt: restart.text }] : []),
          ],
          certainty: "proven",
          severity: wasRestarted ? "warning" : "notice",
        },
      ];
    });
  },
  fix: (finding) =>
    byHand(
      "Create the container anew from the file: docker compose up -d --force-recreate SERVICE (Kubernetes: kubectl rollout restart)",
      "In the folder of the compose file",
      /run (docker compose up .*)$/.exec(finding.says)?.[1],
    ),
});

/** Started long after it was created: the same container was started again. */
function startedLater({ createdMs, startedMs }: DockerContainer): boolean {
  return createdMs !== undefined && startedMs !== undefined && startedMs - createdMs > 600_000;
}

function differences(running: DockerContainer, declared: DockerContainer): Difference[] {
  return [...imageDifference(running, declared), ...flagDifferences(running, declared)];
}

function imageDifference({ image }: DockerContainer, declared: DockerContainer): Difference[] {
  const wanted = declared.image;
  if (
    !image ||
    !wanted ||
    /[$@]/.test(wanted) ||
    /^(?:sha256:)?[0-9a-f]{12,}$/.test(image) ||
    image.includes("@")
  )
    return [];
  const [name, tag] = splitImage(image);
  const [otherName, otherTag] = splitImage(wanted);
  if (name !== otherName || tag === otherTag) return [];
  return [
    {
      says: `runs ${image}, and the compose file says ${wanted}`,
      at: declared.fieldsAt?.image ?? declared.at,
    },
  ];
}

function splitImage(image: string): [name: string, tag: string] {
  const colon = image.lastIndexOf(":");
  const hasTag = colon > image.lastIndexOf("/");
  const name = (hasTag ? image.slice(0, colon) : image).replace(/^docker\.io\/(?:library\/)?/, "");
  return [name, hasTag ? image.slice(colon + 1) : "latest"];
}

/** Flags of the file that the process was started without, or with another value. */
function flagDifferences(running: DockerContainer, declared: DockerContainer): Difference[] {
  const [has, wants] = [running.args, declared.args];
  // tables cut the command; the overlay of a declaration is no sight of its own
  if (!has || !wants || has === wants || has.some((arg) => arg.endsWith("…"))) return [];
  const isFlags = [...has, ...wants].every((arg) => arg.startsWith("-") || !arg.includes(" "));
  if (!isFlags) return [];
  const old = new Map(has.map((arg) => [nameOf(arg), arg]));
  const changed = wants.filter(
    (arg) => arg.startsWith("-") && arg.includes("=") && !arg.includes("$") && !has.includes(arg),
  );
  return changed.slice(0, 1).map((arg) => {
    const before = old.get(nameOf(arg));
    return {
      says: `runs ${before ? `with ${before}` : `without ${arg}`}, and the compose file says ${arg}`,
      at: declared.argsAt ?? declared.at,
    };
  });
}

function nameOf(arg: string): string {
  return arg.split("=")[0]?.replace(/^-+/, "") ?? arg;
}
