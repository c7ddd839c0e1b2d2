// Promtail says itself that its paths match nothing.
import type { HealthAnswer } from "../../../model/api.ts";
import type { DockerMount } from "../../../model/docker.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Component } from "../../../model/stack.ts";
import type { TextLine } from "../../../model/text.ts";
import { readPromtailConfig } from "../../../stack/promtail-config.ts";
import { readySince } from "../../../stack/ready-since.ts";
import { textRule } from "../../text-rule.ts";

/** One file that is followed is enough for "Unable to find any logs" to be over (promtail: targets/file/filetarget.go, Ready). */
const firstTail = "tail routine: started";

export const rule = textRule({
  id: "promtail/nothing-to-tail",
  title: "Promtail finds no log files: its path matches nothing inside the container (or is a directory)",
  why: "__path__ is a glob seen from inside the agent. If the volume is not mounted, the path is a directory or relabelling drops it, there is nothing to tail and readiness answers 500.",
  severity: "warning",
  component: "promtail",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  from: ["promtail", "alloy"],
  texts: [
    "Unable to find any logs to tail",
    "no files matched requested path, nothing will be tailed",
    "failed to tail file, is directory",
    "file is a directory",
    firstTail,
  ],
  except: [firstTail],
  // its readiness endpoint said so, and says something else now: the first files are found some seconds after the start
  confirm: ({ lines, component }, { "component.health": answers, "text.lines": all }) =>
    lines.every(({ text }) => text.includes("Unable to find any logs")) &&
    (isReadyNow(component, answers) || tailsSince(lines, all))
      ? { holds: false }
      : { holds: true },
  says: ({ line }) =>
    /directory/.test(line.text)
      ? "The path names a directory; it must be a glob of files such as /var/log/*.log"
      : "No file matches __path__ inside the agent's container",
  uses: ["config.documents", "docker.containers", "component.health"],
  fromFiles: (_facts, stack) => stack.components.flatMap(unmountedPaths),
  rivals: [
    {
      rule: "promtail/discovery-forbidden",
      tellApart: "with Kubernetes discovery a missing right also leaves nothing to tail, and says forbidden",
    },
  ],
  decideWith: "docker exec PROMTAIL ls -l /var/log   # what does the agent see?",
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/troubleshooting/"],
  fix: () => ({
    summary: "Mount the log directory into the agent and make __path__ a glob of files",
    risk: "safe",
    steps: [{ do: "by-hand", title: "In promtail.yaml", command: "__path__: /var/log/*.log" }],
  }),
});

/** In every log that complained, a file was opened later. */
function tailsSince(complaints: readonly TextLine[], all: readonly TextLine[]): boolean {
  const lastOf = new Map<number | string, number>();
  for (const { streamId, index } of complaints)
    lastOf.set(streamId, Math.max(index, lastOf.get(streamId) ?? -1));
  const begun = all.filter(({ text }) => text.includes(firstTail));
  return [...lastOf].every(([stream, last]) =>
    begun.some(({ streamId, index }) => streamId === stream && index > last),
  );
}

function isReadyNow(component: Component | undefined, answers: readonly HealthAnswer[]): boolean {
  if (!component) return false;
  if (component.pods.length > 0) return readySince(component) !== undefined;
  const own = answers.filter(
    (answer) => answer.component === component.kind && answer.host === component.host,
  );
  return own.length > 0 && own.every(({ healthy }) => healthy);
}

/** Static paths that no mount of the agent's container covers: the folder inside is empty. */
function unmountedPaths(component: Component): FindingDraft[] {
  const container = component.docker?.mounts ? component.docker : component.docker?.declared;
  const mounts = container?.mounts;
  if (component.kind !== "promtail" || !mounts || mounts.length === 0) return [];
  const jobs = component.configs
    .filter(({ kind }) => kind === "promtail")
    .flatMap((doc) => readPromtailConfig(doc).jobs);
  const stray = jobs
    .flatMap(({ paths }) => paths)
    .filter(
      ({ value }) => value.startsWith("/") && !value.includes("$") && !isMounted(folderOf(value), mounts),
    );
  const [first] = stray;
  if (!first) return [];
  return [
    {
      subject: { kind: "component", id: component.id },
      component: component.id,
      says: `__path__ ${first.value} lies in ${folderOf(first.value)}, which is not mounted into ${component.name}: inside the container no file matches; mount that folder (read-only) or use the path that is mounted (${mounts
        .map(({ target }) => target)
        .slice(0, 4)
        .join(", ")})`,
      proof: [first.at, mounts[0]?.at ?? component.at],
      certainty: "proven",
    },
  ];
}

/** The folder in front of the first wildcard. */
function folderOf(glob: string): string {
  const plain = glob.split(/[*?[{]/)[0] ?? glob;
  return plain.slice(0, Math.max(1, plain.lastIndexOf("/")));
}

function isMounted(folder: string, mounts: readonly DockerMount[]): boolean {
  return mounts.some(({ target: raw }) => {
    const target = raw.replace(/\/$/, "") || "/";
    return (
      target === "/" ||
      folder === target ||
      folder.startsWith(`${target}/`) ||
      target.startsWith(`${folder}/`)
    );
  });
}
