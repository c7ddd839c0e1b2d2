// An old cAdvisor knows only cgroup v1 and finds no containers on a cgroup v2 host.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { isBefore } from "../../../stack/semver.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeImage } from "../../change-container.ts";
import { matches } from "../../line-match.ts";

const failures = [
  "failed to get cgroup subsystems",
  "mountpoint for cpu not found",
  "mountpoint for cgroup not found",
  "Container Manager: mountpoint for not found",
];
const signs = [
  "cgroup2fs",
  "cgroup v2",
  "cgroups v2",
  "cgroup2 on /sys/fs/cgroup",
  "unified_cgroup_hierarchy",
];
const failurePatterns = failures.map(compilePattern);
const signPatterns = signs.map(compilePattern);
type Seen = Pick<Facts, "text.lines" | "docker.engines" | "host.mounts">;

export const rule = defineRule({
  id: "cadvisor/old-image-on-cgroup-v2",
  title: "This cAdvisor image is older than cgroup v2, which the host uses, so it reports no containers",
  why: 'cAdvisor reads cgroup v2 since 0.40. google/cadvisor on Docker Hub ended with 0.33 in 2019, also under the tag latest. On a host with the unified hierarchy (Debian 11, Ubuntu 21.10, Fedora 31, RHEL 9 and later) it exits or knows only the series of id="/".',
  severity: "critical",
  component: "cadvisor",
  layer: "version",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  needs: [],
  needsAny: ["text.lines", "docker.engines", "host.mounts"],
  uses: ["config.documents", "kubernetes.objects", "metrics.samples"],
  texts: [...failures, ...signs],
  rivals: [
    {
      rule: "cadvisor/layer-database-not-found",
      tellApart: "there cAdvisor names the layerdb it does not find",
    },
    {
      rule: "docker/api-version-mismatch",
      tellApart: "there the Docker factory fails with a client version",
    },
  ],
  decideWith: "stat -fc %T /sys/fs/cgroup; docker inspect -f '{{.Config.Image}}' CADVISOR",
  references: [
    "https://github.com/google/cadvisor/releases/tag/v0.40.0",
    "https://github.com/google/cadvisor/issues/2785",
  ],
  check(facts, stack) {
    const found: FindingDraft[] = [...quoted(facts, stack)];
    for (const component of stack.components.filter(({ kind }) => kind === "cadvisor")) {
      const old = ageOf(component);
      if (old === "current") continue;
      const failure = facts["text.lines"].findLast(
        (line) => matches(failurePatterns, line) && (line.component ?? "cadvisor") === "cadvisor",
      );
      const unified = unifiedAt(facts, component, stack);
      if (unified === "v1" || (!failure && !(old && unified))) continue;
      const proof: ProofDraft[] = [
        ...(failure ? [{ ...failure.at, excerpt: failure.text }] : []),
        ...(old ? [component.versionAt ?? component.docker?.at ?? component.at] : []),
        ...(unified ? [unified] : []),
      ];
      const host = unified ? "the host uses cgroup v2 (cgroup2fs)" : "the host's cgroup version is not shown";
      found.push({
        subject: { kind: "component", id: component.id },
        component: component.id,
        says: `${old ? `Image ${component.image ?? component.version} knows cgroup v1 only` : "cAdvisor does not find the cgroup v1 hierarchy"} and ${host}: only id="/" is reported, no containers; use ghcr.io/google/cadvisor 0.53 or newer`,
        proof,
        certainty: old && unified ? "proven" : "likely",
      });
    }
    return found;
  },
  fix: (finding, facts, stack) =>
    repair(
      "Run a cAdvisor that knows cgroup v2",
      "disruptive",
      changeImage(ownerOf(finding, stack), facts, "ghcr.io/google/cadvisor:v0.53.0"),
    ) ??
    byHand(
      "Use ghcr.io/google/cadvisor:v0.53.0 or newer with privileged: true, cgroup: host and the mounts /:/rootfs:ro, /var/run:/var/run:ro, /sys:/sys:ro, /var/lib/docker:/var/lib/docker:ro",
      "In the compose file of cAdvisor, then docker compose up -d cadvisor",
    ),
});

/** The fatal line alone, quoted in a text that shows no container: its words are cAdvisor's own. */
function quoted(facts: Seen, stack: Stack): readonly FindingDraft[] {
  if (stack.components.some(({ kind }) => kind === "cadvisor")) return [];
  const line = facts["text.lines"].findLast(
    (entry) =>
      (entry.component ?? "cadvisor") === "cadvisor" &&
      /Failed to create a Container Manager: mountpoint for (?:cpu|cgroup)? ?not found/.test(
        entry.text.replace(/\s+/g, " "),
      ),
  );
  if (!line) return [];
  return [
    {
      subject: { kind: "component", id: "cadvisor" },
      says: "cAdvisor ends because it does not find the cgroup v1 hierarchy: the host uses cgroup v2, and the image is older than 0.40 (google/cadvisor, gcr.io/google-containers/cadvisor:v0.36); use ghcr.io/google/cadvisor 0.53 or newer",
      proof: [{ ...line.at, excerpt: line.text }],
      certainty: "likely",
    },
  ];
}

/** google/cadvisor ended with 0.33, whatever the tag says. */
function ageOf({ image, version }: Component): "old" | "current" | undefined {
  if (/^(?:docker\.io\/)?google\/cadvisor(?:[:@]|$)/.test(image ?? "")) return "old";
  const before = isBefore(version, "0.40.0");
  return before === undefined ? undefined : before ? "old" : "current";
}

/** Where the evidence shows a unified hierarchy on that machine; "v1" where it shows the other one. */
function unifiedAt(facts: Seen, { host }: Component, stack: Stack): ProofDraft | "v1" | undefined {
  const isHere = (fact: { readonly host?: string }): boolean =>
    fact.host === undefined || host === undefined || fact.host === host;
  const engine = facts["docker.engines"].find((entry) => isHere(entry) && entry.cgroupVersion !== undefined);
  if (engine) return engine.cgroupVersion === "2" ? (engine.fieldsAt?.cgroupVersion ?? engine.at) : "v1";
  const mount = facts["host.mounts"].find((entry) => isHere(entry) && entry.target === "/sys/fs/cgroup");
  if (mount?.type === "cgroup2") return mount.at;
  if (mount?.type === "tmpfs") return "v1";
  const line = facts["text.lines"].find(
    (entry) => isHere(entry) && entry.stream !== "log" && matches(signPatterns, entry),
  );
  if (!line || stack.components.length === 0) return undefined;
  return { ...line.at, excerpt: line.text };
}
