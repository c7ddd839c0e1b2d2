// A bind mount of one file follows the inode, not the name: a file that is replaced stays the old one inside.
import type { ConfigDocument } from "../../../model/config.ts";
import type { DockerMount } from "../../../model/docker.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import type { FileEntry } from "../../../model/host.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf } from "../../change-configuration.ts";
import { matches } from "../../line-match.ts";

/** What people write who have met it. */
const complaints = [
  "reload…old config",
  "reload…still the old",
  "reload…no effect",
  "reload…not picked up",
  "keeps the old config",
  "still has the old config",
  "still shows the old",
  "changes are not picked up",
  "config inside the container is old",
];
/** What the programs say after a reload that worked. */
const reloads = ["Completed loading of configuration file", "Loading configuration file"];
const [complained, reloaded] = [complaints.map(compilePattern), reloads.map(compilePattern)];
const configFile = /\.(?:ya?ml|json|ini|conf|toml|alloy|river|rules|tmpl)$/;

export const rule = defineRule({
  id: "docker/file-mount-pins-inode",
  title:
    "A single configuration file is bind-mounted, so a replaced file is not seen inside and a reload loads the old one",
  why: "A bind mount of a file binds its inode. Editors, git checkout, Ansible's copy and every atomic write put a new file under the old name; the container keeps the old inode until it is created anew. The reload answers 200 and promtool on the host passes, and Prometheus loads the old text again.",
  severity: "warning",
  component: "docker",
  layer: "state",
  nature: "cause",
  effect: "none",
  needs: [],
  needsAny: ["docker.containers"],
  uses: ["config.documents", "host.files", "host.mounts", "text.lines"],
  texts: [...complaints, ...reloads],
  rivals: [
    {
      rule: "prometheus/reload-endpoint-off",
      tellApart: "there the reload itself is refused, and the inodes are the same",
    },
    {
      rule: "docker/old-arguments-still-running",
      tellApart: "there flags or image are old, which no reload can change",
    },
  ],
  decideWith:
    "grep deleted /proc/$(docker inspect -f '{{.State.Pid}}' CONTAINER)/mountinfo; stat -c %i FILE; docker exec CONTAINER stat -c %i TARGET; diff <(docker exec CONTAINER cat TARGET) FILE; curl -s http://PROMETHEUS:9090/api/v1/status/config",
  references: [
    "https://github.com/moby/moby/issues/6011",
    "https://github.com/prometheus/prometheus/issues/2544",
    "https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html",
  ],
  check(facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      const mounts = (component.docker?.mounts ?? []).filter(isSingleFile);
      const judged = mounts.map((mount) => judge(component, mount, facts, stack));
      return judged.find(({ severity }) => severity !== "notice")
        ? judged.filter(({ severity }) => severity !== "notice").slice(0, 1)
        : judged.slice(0, 1);
    });
  },
  fix: (finding, _facts, stack) => {
    const [, file, name] = /^(\S+) .* into (\S+) /.exec(finding.says) ?? [];
    const folder = `${file?.replace(/\/[^/]*$/, "") || "./prometheus"}:/etc/prometheus:ro`;
    const docker = ownerOf(finding, stack)?.docker;
    // A start binds what lies there now; a notice is about what has not happened yet.
    if (docker?.origin === "running" && docker.host !== undefined && finding.severity === "critical")
      return {
        summary: `Start ${docker.name} again: it binds the file that lies there now. To be rid of it for good, mount the folder instead of the file (${folder})`,
        risk: "disruptive",
        steps: [
          {
            do: "restart",
            title: `Start ${docker.name} again, on the file as it is now`,
            what: { kind: "container", host: docker.host, name: docker.name },
          },
        ],
      };
    return byHand(
      `Mount the folder instead of the file (${folder}); at once: docker compose up -d --force-recreate ${name ?? "SERVICE"}. Compare /api/v1/status/config with the file after every reload`,
      "In the compose file, then docker compose up -d",
    );
  },
});

function isSingleFile(mount: DockerMount): boolean {
  return (
    (mount.type === "bind" || mount.type === undefined) &&
    mount.source !== undefined &&
    configFile.test(mount.target) &&
    configFile.test(mount.source)
  );
}

function judge(
  component: Component,
  mount: DockerMount,
  facts: Pick<Facts, "config.documents" | "host.files" | "host.mounts" | "text.lines">,
  stack: Stack,
): FindingDraft {
  const subject = { subject: { kind: "component" as const, id: component.id }, component: component.id };
  const what = `${mount.source} is mounted as a single file into ${component.name} (${mount.target})`;
  const inodes = differentInodes(component, mount, facts["host.files"]);
  if (inodes)
    return {
      ...subject,
      says: `${what}, and the container still has inode ${inodes.inside.inode} while the file on the host is inode ${inodes.outside.inode}: it was replaced, and a reload loads the old content`,
      proof: [mount.at, inodes.outside.at, inodes.inside.at],
      certainty: "proven",
      severity: "critical",
    };
  const replaced = facts["host.mounts"].find(
    ({ isReplaced, container, target, host }) =>
      isReplaced &&
      container === component.docker?.name &&
      target === mount.target &&
      (host === undefined || component.host === undefined || host === component.host),
  );
  if (replaced)
    return {
      ...subject,
      says: `${what}, and the container's mount is of a file that was replaced since (//deleted): a reload loads the old content`,
      proof: [replaced.at, mount.at],
      certainty: "proven",
      severity: "critical",
    };
  const stale = component.kind === "prometheus" ? staleConfig(component, facts, stack) : undefined;
  const said = facts["text.lines"].find((line) => line.stream !== "log" && matches(complained, line));
  const reload = facts["text.lines"].findLast((line) => matches(reloaded, line));
  if (stale || said)
    return {
      ...subject,
      says: `${what}${stale ? `, and the running configuration differs from the file (${stale.says})` : ""}: a replaced file is a new inode, which the container does not see; a reload loads the old content`,
      proof: [
        mount.at,
        ...(stale?.proof ?? []),
        ...(reload && stale ? [{ ...reload.at, excerpt: reload.text }] : []),
        ...(said ? [{ ...said.at, excerpt: said.text }] : []),
      ],
      certainty: "likely",
      severity: "warning",
      decideWith: `stat -c %i ${mount.source}; docker exec ${component.docker?.name ?? "CONTAINER"} stat -c %i ${mount.target}`,
    };
  return {
    ...subject,
    says: `${what}: after an edit that replaces the file (editor, git, Ansible) a reload still loads the old one; mount the folder`,
    proof: [mount.at],
    certainty: "proven",
    severity: "notice",
  };
}

function differentInodes(
  component: Component,
  mount: DockerMount,
  files: readonly FileEntry[],
): { readonly inside: FileEntry; readonly outside: FileEntry } | undefined {
  const known = files.filter(({ inode }) => inode !== undefined);
  const { docker } = component;
  const inside = known.findLast(
    ({ path, container }) =>
      path === mount.target && container !== undefined && [docker?.name, docker?.service].includes(container),
  );
  const name = mount.source?.replace(/^\.\//, "") ?? "";
  const outside = known.findLast(
    ({ path, container }) =>
      container === undefined &&
      (path === mount.source ||
        path === name ||
        path.endsWith(`/${name}`) ||
        mount.source?.endsWith(`/${path}`)),
  );
  return inside && outside && inside.inode !== outside.inode ? { inside, outside } : undefined;
}

/** What the file on disk says and the running configuration does not. */
function staleConfig(
  component: Component,
  facts: Pick<Facts, "config.documents">,
  stack: Stack,
): { readonly says: string; readonly proof: readonly ProofDraft[] } | undefined {
  const isAlone = stack.components.filter(({ kind }) => kind === "prometheus").length === 1;
  const docs = facts["config.documents"].filter(
    (doc) =>
      doc.kind === "prometheus" &&
      doc.value !== undefined &&
      !doc.fragment &&
      (isAlone || component.configs.includes(doc)),
  );
  const running = docs.find(({ origin }) => origin === "running");
  const files = docs.filter(({ origin }) => origin === "file");
  const [file] = files;
  if (!running || !file || files.length > 1) return undefined;
  const missing = jobTargets(file).find(
    ({ text }) => !jobTargets(running).some((other) => other.text === text),
  );
  return missing
    ? { says: `${missing.text} is in the file only`, proof: [{ ...missing.at }, { ...running.at }] }
    : undefined;
}

function jobTargets(doc: ConfigDocument) {
  return readPrometheusConfig(doc).jobs.flatMap((job) => [
    { text: `job ${job.name?.value ?? "?"}`, at: job.at },
    ...job.targets.map(({ address, at }) => ({
      text: `target ${address} of job ${job.name?.value ?? "?"}`,
      at,
    })),
  ]);
}
