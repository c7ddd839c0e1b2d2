// What one of ours needs (an object store, a database, a cache) ended with an error, and its name went with it.
import type { DockerContainer } from "../../../model/docker.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Dial } from "../../../model/host.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import type { TextLine } from "../../../model/text.ts";
import { byHand } from "../../by-hand.ts";

interface Ended {
  readonly name: string;
  readonly code: number;
  readonly at: Place;
  readonly excerpt?: string;
}

const exitLine = /^(?:container )?([\w.-]{1,100}) exited with code (\d{1,3})(?: \(restarting\))?\s*$/i;

export const rule = defineRule({
  id: "docker/needed-container-exited",
  title: "A container that another one needs ended with an error, so its name is unknown or its port refuses",
  why: "Docker's name server knows running containers only. When an object store, a database or a cache ends right after its start, those that need it report no such host or connection refused, and the reason stands in the log of the one that ended.",
  severity: "critical",
  component: "docker",
  layer: "state",
  nature: "cause",
  effect: "unreachable",
  phase: "exec",
  needs: ["host.dials"],
  uses: ["text.lines", "docker.containers"],
  texts: ["{name} exited with code {code#}"],
  rivals: [
    { rule: "docker/no-shared-network", tellApart: "there both containers run" },
    {
      rule: "docker/container-restarting",
      tellApart: "there one of the monitored components itself restarts",
    },
  ],
  decideWith: "docker compose ps -a; docker compose logs --tail 20 SERVICE",
  references: ["https://docs.docker.com/compose/how-tos/startup-order/"],
  check({ "host.dials": dials, "text.lines": lines, "docker.containers": containers }, stack) {
    const ended = byName([...lines.flatMap(fromLine), ...containers.flatMap(fromContainer)]);
    if (ended.size === 0) return [];
    // Components of ours have rules of their own, which read why they end.
    const ours = new Set(
      stack.components.flatMap(({ docker }) => [docker?.name, docker?.service].flatMap(plainNames)),
    );
    const found = new Map<string, FindingDraft>();
    for (const dial of dials) {
      const name = dial.targetHost?.toLowerCase();
      if (!name || !/^[a-z][\w-]*$/.test(name) || !failed(dial) || found.has(name)) continue;
      const one = ended.get(plain(name));
      if (!one || ours.has(plain(name)) || speaksAfter(one, lines)) continue;
      const said = lastWords(one, lines);
      found.set(name, {
        subject: { kind: "link", id: `${dial.fromComponent ?? "client"} → ${name}` },
        says: `${one.name} ended with exit code ${one.code}${said ? ` (${said.text.trim().slice(0, 160)})` : ""}: ${dial.fromComponent ?? "its client"} needs it and finds nobody under ${name}`,
        proof: [
          one.excerpt === undefined ? one.at : { ...one.at, excerpt: one.excerpt },
          dial.at,
          ...(said ? [{ ...said.at, excerpt: said.text }] : []),
        ],
        certainty: "proven",
        concerns: [name],
      });
    }
    return [...found.values()];
  },
  fix: (finding) => {
    const name = /^(\S+) ended/.exec(finding.says)?.[1] ?? "CONTAINER";
    return byHand(
      `Read why ${name} ends (docker logs ${name}) and mend that; depends_on with condition: service_healthy lets the others wait for it`,
      "On the host",
      `docker logs --tail 30 ${name}`,
      "safe",
    );
  },
});

function failed({ outcome }: Dial): boolean {
  return outcome === "nxdomain" || outcome === "dns-failure" || outcome === "refused";
}

/** `minio-1`, `stack_minio_1` is too vague: only the number of compose goes. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_]\d{1,3}$/, "");
}

function plainNames(name: string | undefined): readonly string[] {
  return name ? [plain(name)] : [];
}

/** The first that ended under a name. */
function byName(ended: readonly Ended[]): ReadonlyMap<string, Ended> {
  return new Map(ended.toReversed().map((one) => [plain(one.name), one]));
}

function fromLine({ text, at }: TextLine): readonly Ended[] {
  const [, name = "", code = "0"] = exitLine.exec(text.trim()) ?? [];
  return isError(Number(code)) && name ? [{ name, code: Number(code), at, excerpt: text }] : [];
}

function fromContainer(container: DockerContainer): readonly Ended[] {
  const { origin, state, statusText, exitCode, service, name, at } = container;
  const isDown = origin === "running" && /^(?:exited|restarting)/i.test(state ?? statusText ?? "");
  return isDown && exitCode !== undefined && isError(exitCode)
    ? [{ name: service ?? name, code: exitCode, at }]
    : [];
}

/** Not ended on request: by itself, by SIGINT, SIGTERM. */
function isError(code: number): boolean {
  return code !== 0 && code !== 130 && code !== 143;
}

function ownLines(one: Ended, lines: readonly TextLine[]): readonly TextLine[] {
  return lines.filter(
    ({ container, at }) =>
      container !== undefined && plain(container) === plain(one.name) && at.source === one.at.source,
  );
}

/** It was started again and went on. */
function speaksAfter(one: Ended, lines: readonly TextLine[]): boolean {
  return (
    one.excerpt !== undefined && ownLines(one, lines).some(({ at }) => (at.line ?? 0) > (one.at.line ?? 0))
  );
}

function lastWords(one: Ended, lines: readonly TextLine[]): TextLine | undefined {
  return ownLines(one, lines).findLast(({ text }) => /error|fatal|invalid|fail|must|panic/i.test(text));
}
