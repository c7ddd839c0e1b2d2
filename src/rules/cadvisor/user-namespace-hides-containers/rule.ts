// A user namespace stands between cAdvisor and Docker: userns-remap, or a rootless engine.
import type { DockerContainer, DockerEngine } from "../../../model/docker.ts";
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { TextLine } from "../../../model/text.ts";
import { placeOf, textAt } from "../../../stack/config-value.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeService, servicesOf } from "../../change-container.ts";
import { matches } from "../../line-match.ts";

const refusal = "privileged mode is incompatible with user namespaces";
const texts = [
  refusal,
  "Registration of the docker container factory failed",
  "failed to get docker info",
  "Cannot connect to the Docker daemon at unix:///var/run/docker.sock",
  "open /var/lib/docker/{path*}permission denied",
];
const patterns = texts.map(compilePattern);
const refused = [compilePattern(refusal)];

export const rule = defineRule({
  id: "cadvisor/user-namespace-hides-containers",
  title:
    "cAdvisor sees no container names, because Docker runs with user namespaces (userns-remap) or rootless",
  why: "With userns-remap root inside a container is an unprivileged uid of the host: cAdvisor may read neither /var/lib/docker nor /var/run/docker.sock, and --privileged is refused. A rootless engine has its socket in /run/user/UID and its data below the home directory, where cAdvisor does not look. Only raw cgroups are reported, without name and image.",
  severity: "critical",
  component: "cadvisor",
  layer: "permissions",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  needs: [],
  needsAny: ["text.lines", "docker.engines", "metrics.samples"],
  uses: ["kubernetes.objects", "docker.containers", "config.documents"],
  texts,
  rivals: [
    {
      rule: "cadvisor/old-image-on-cgroup-v2",
      tellApart: "there docker info names no userns and no rootless",
    },
    { rule: "promtail/docker-socket-forbidden", tellApart: "there only the group of the socket is missing" },
  ],
  decideWith:
    "docker info -f '{{.SecurityOptions}} {{.DockerRootDir}}'; docker inspect -f '{{.HostConfig.UsernsMode}}' CADVISOR",
  references: [
    "https://docs.docker.com/engine/security/userns-remap/",
    "https://github.com/google/cadvisor/issues/2336",
    "https://github.com/google/cadvisor/issues/3245",
  ],
  check(facts, stack) {
    const component = stack.components.find(({ kind }) => kind === "cadvisor");
    const lines = facts["text.lines"].filter(
      (line) => matches(patterns, line) && /^(?:cadvisor|docker|unknown)$/.test(line.component ?? "unknown"),
    );
    const nameless = facts["metrics.samples"].filter(({ name }) => /^container_(?:cpu|memory)_/.test(name));
    const seesNothing = nameless.length > 0 && nameless.every(({ labels }) => !labels.name && !labels.image);
    const refusedLine = lines.findLast((line) => matches(refused, line));
    const engine = facts["docker.engines"].find((entry) => kindOf(entry) !== undefined);
    const remap = facts["config.documents"].find(
      ({ kind, value }) => kind === "docker-daemon" && textAt(value, "userns-remap") !== undefined,
    );
    const kind = (engine && kindOf(engine)) ?? (remap || refusedLine ? "userns-remap" : undefined);
    if (!kind || !(component || lines.some((line) => line.component === "cadvisor") || refusedLine))
      return [];
    if (kind === "userns-remap" && isOutside(component?.docker)) return [];
    if (kind === "rootless" && component?.args.some(({ text }) => /docker=unix:\/\/\/run\/user/.test(text)))
      return [];
    if (refusedLine && component === undefined && !/cadvisor/i.test(refusedLine.text) && !engine && !remap)
      return [];
    const line = refusedLine ?? lines.at(-1);
    const proof: ProofDraft[] = [
      ...(line ? [{ ...line.at, excerpt: line.text }] : []),
      ...(engine ? [{ ...(engine.fieldsAt?.securityOptions ?? engine.at) }] : []),
      ...(remap ? [{ ...placeOf(remap, "userns-remap") }] : []),
      ...(seesNothing && nameless[0] ? [{ ...nameless[0].at }] : []),
      ...(component?.docker ? [{ ...component.docker.at }] : []),
    ];
    return [draft(component?.id, kind, line, line !== undefined || seesNothing, proof)];
  },
  fix: (finding, facts, stack) =>
    repair(
      "Run cAdvisor in the host's user namespace",
      "disruptive",
      /userns-remap/.test(finding.says)
        ? servicesOf(ownerOf(finding, stack)?.docker, facts).flatMap((service) =>
            // root of the host's namespace reads the socket and the data; more rights than that are a person's to give
            changeService(service, "Leave the remapped user namespace", [
              { op: "set", path: ["userns_mode"], value: "host" },
            ]),
          )
        : [],
    ) ??
    (/rootless/.test(finding.says)
      ? byHand(
          "Name the rootless socket: --docker=unix:///run/user/UID/docker.sock with that socket and ~/.local/share/docker mounted into cAdvisor, or run cAdvisor as the same user",
          "In the command of cAdvisor",
        )
      : byHand(
          "Run cAdvisor in the host's user namespace: --userns=host (compose: userns_mode: host), then recreate the container",
          "In the compose file of cAdvisor",
        )),
});

function draft(
  id: string | undefined,
  kind: "rootless" | "userns-remap",
  line: TextLine | undefined,
  hasStruck: boolean,
  proof: readonly ProofDraft[],
): FindingDraft {
  const what =
    kind === "rootless"
      ? "the Docker engine runs rootless: its socket is /run/user/UID/docker.sock and its data below the home directory, not /var/run/docker.sock and /var/lib/docker"
      : `the Docker daemon remaps users (userns-remap), and cAdvisor is not started with --userns=host${line && /incompatible/.test(line.text) ? ", so privileged mode is refused" : ""}`;
  return {
    subject: { kind: "component", id: id ?? "cadvisor" },
    ...(id ? { component: id } : {}),
    says: `cAdvisor cannot read Docker's containers: ${what}`,
    proof,
    certainty: hasStruck ? "proven" : "likely",
    ...(hasStruck ? {} : { severity: "warning" as const }),
    ...(line?.timeMs === undefined ? {} : { timeMs: line.timeMs }),
  };
}

function kindOf(engine: DockerEngine): "rootless" | "userns-remap" | undefined {
  const options = engine.securityOptions?.join(" ") ?? "";
  if (engine.rootless || /rootless/.test(options)) return "rootless";
  // a remapped daemon keeps its data in a folder named after the first uid and gid
  return /userns/.test(options) || /\/\d{4,10}\.\d{4,10}$/.test(engine.rootDir ?? "")
    ? "userns-remap"
    : undefined;
}

function isOutside(container: DockerContainer | undefined): boolean {
  return container?.usernsMode === "host" || container?.declared?.usernsMode === "host";
}
