// Scripts write *.prom files on the host, and the exporter's container never sees that folder.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import type { TextLine } from "../../../model/text.ts";
import { byHand } from "../../by-hand.ts";
import { isHistory } from "../../line-match.ts";

interface Mount {
  readonly source?: string;
  readonly target: string;
  readonly at: Place;
}

interface Written {
  readonly folder: string;
  readonly at: Place;
}

export const rule = defineRule({
  id: "node-exporter/textfile-not-mounted",
  title:
    "Textfile metrics never appear: the folder of *.prom files is not mounted into node-exporter's container, or the exporter is not told to read it",
  why: "`--collector.textfile.directory` names a path inside the container. Without a mount it is an empty place of the container's own file system (or missing), whatever lies on the host under that name; without the flag the collector reads nothing. Where the host's root is mounted (/:/host), the flag needs that prefix.",
  severity: "warning",
  component: "node-exporter",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  needs: [],
  needsAny: ["docker.containers", "kubernetes.pods", "kubernetes.workloads"],
  uses: ["config.documents", "text.lines"],
  texts: ["textfile", "text file collector"],
  explains: [
    {
      rule: "node-exporter/textfile-unreadable",
      via: "same-component",
      mechanism: "a folder that is not mounted does not exist in the container",
    },
  ],
  rivals: [
    {
      rule: "node-exporter/textfile-unreadable",
      tellApart: "there the folder is mounted and its owner or mode keeps the exporter out",
    },
  ],
  decideWith:
    "curl -s localhost:9100/metrics | grep node_textfile; docker inspect -f '{{.Args}} {{.HostConfig.Binds}}' NODE_EXPORTER",
  references: [
    "https://github.com/prometheus/node_exporter#textfile-collector",
    "https://github.com/prometheus/node_exporter/issues/2277",
  ],
  check(facts, stack) {
    const written = facts["config.documents"].flatMap(writtenFolder);
    const complaint = facts["text.lines"].find(isComplaint);
    return stack.components.flatMap((component): FindingDraft[] => {
      if (component.kind !== "node-exporter") return [];
      const mounts = mountsOf(component);
      return mounts ? judge(component, mounts, written, complaint) : [];
    });
  },
  fix: (finding) => {
    const prefix = /--collector\.textfile\.directory=(\S+) would/.exec(finding.says)?.[1];
    const folder = /directory=(\/\S+?),? but|written to (\/\S+)/.exec(finding.says);
    const path = folder?.[1] ?? folder?.[2] ?? "/var/lib/node_exporter/textfile_collector";
    return byHand(
      prefix
        ? `--collector.textfile.directory=${prefix} (the host's root is mounted already), then recreate the container`
        : `Mount the folder read-only at the same path and name it: -v ${path}:${path}:ro and --collector.textfile.directory=${path}`,
      "In the compose file, playbook or DaemonSet, then recreate the container",
    );
  },
});

/** Mounts of the exporter's container, when the evidence shows all of them; undefined for a program on the host. */
function mountsOf({ docker, container, pods, workload }: Component): readonly Mount[] | undefined {
  if (docker) {
    const shown = docker.declared ?? docker;
    if (shown.mounts === undefined && shown.origin !== "declared") return undefined;
    return shown.mounts ?? [];
  }
  if (!container?.mounts) return undefined;
  const spec = pods.find((pod) => pod.spec?.containers.includes(container))?.spec ?? workload?.spec;
  return container.mounts.map((mount) => {
    const volume = spec?.volumes.find(({ name }) => name === mount.name);
    const source = volume?.type === "hostPath" ? volume.ref : undefined;
    return { target: mount.mountPath, at: mount.at, ...(source ? { source } : {}) };
  });
}

function judge(
  component: Component,
  mounts: readonly Mount[],
  written: readonly Written[],
  complaint: TextLine | undefined,
): FindingDraft[] {
  const flag = flagOf(component);
  const use = written[0] ?? (complaint ? { folder: undefined, at: complaint.at } : undefined);
  const at = flag?.at ?? component.docker?.argsAt ?? component.docker?.at ?? component.at;
  if (!flag) {
    const [wanted] = written;
    const isShown = component.args.length > 0 || component.docker?.origin === "declared";
    if (!wanted || !isShown) return [];
    return [
      draft(
        component,
        `*.prom files are written to ${wanted.folder}, and ${component.name} has neither --collector.textfile.directory nor a mount of that folder: nobody reads them`,
        [wanted.at, at],
      ),
    ];
  }
  const mount = mountAbove(mounts, flag.folder);
  if (mount) {
    const [wanted, ...others] = new Set(written.map(({ folder }) => folder));
    const read = hostPath(mount, flag.folder);
    if (!wanted || others.length > 0 || !read?.startsWith("/") || isBelow(wanted, read)) return [];
    const place = written[0]?.at;
    return [
      draft(
        component,
        `*.prom files are written to ${wanted}, but ${component.name} reads ${flag.folder}, which is ${read} on the host`,
        [...(place ? [place] : []), flag.at, mount.at],
      ),
    ];
  }
  const root = mounts.find(({ source }) => source === "/");
  const hint = root
    ? `; the host's root is mounted at ${root.target}, so --collector.textfile.directory=${root.target.replace(/\/$/, "")}${flag.folder} would read it`
    : "";
  return [
    {
      ...draft(
        component,
        `${component.name} is started with --collector.textfile.directory=${flag.folder}, but no mount brings that folder into the container: the metrics of the textfile collector never appear${hint}`,
        [flag.at, ...(use ? [use.at] : []), ...(root ? [root.at] : [])],
      ),
      // a flag that nobody relies on is worth a word only
      ...(use ? {} : { severity: "notice" as const }),
    },
  ];
}

function draft(component: Component, says: string, proof: readonly Place[]): FindingDraft {
  return {
    subject: { kind: "component", id: component.id },
    component: component.id,
    says,
    proof,
    certainty: "proven",
  };
}

function flagOf(component: Component): { folder: string; at: Place } | undefined {
  const { args } = component;
  for (const [index, { text, at }] of args.entries()) {
    const match = /-collector\.textfile\.directory(?:[= ]\s*["']?(\/[^\s"',]+))?/.exec(text);
    if (!match) continue;
    const folder = match[1] ?? (/^\//.test(args[index + 1]?.text ?? "") ? args[index + 1]?.text : undefined);
    return folder ? { folder, at } : undefined;
  }
  return undefined;
}

function mountAbove(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts
    .filter(({ target }) => isBelow(path, target))
    .sort((a, b) => b.target.length - a.target.length)[0];
}

function hostPath({ source, target }: Mount, path: string): string | undefined {
  if (source === undefined) return undefined;
  const rest = path.slice(target.replace(/\/$/, "").length);
  return `${source.replace(/\/$/, "")}${rest}`.replace(/\/$/, "") || "/";
}

function isBelow(path: string, folder: string): boolean {
  const base = folder.replace(/\/+$/, "");
  return path.replace(/\/+$/, "") === base || path.startsWith(`${base}/`);
}

const promFile = /(\/[\w./-]{1,200})\/[\w.${}-]{0,80}\.prom\b(?!\.)/;
const aboutExporter = /textfile|node[-_]?exporter/i;

/** The folder a script, playbook or unit writes its *.prom files to. */
function writtenFolder({ kind, text, at, startLine }: ConfigDocument): readonly Written[] {
  if (!["shell-script", "ansible-playbook", "unknown-yaml"].includes(kind) || !text.includes(".prom"))
    return [];
  const rows = text.split("\n").slice(0, 20_000);
  for (const [index, row] of rows.entries()) {
    if (row.length > 2_000 || /^\s*#/.test(row)) continue;
    const folder = promFile.exec(row)?.[1];
    if (folder && aboutExporter.test(folder)) {
      return [{ folder, at: { source: at.source, line: (startLine ?? at.line ?? 1) + index } }];
    }
  }
  return [];
}

/** Somebody misses these metrics. */
function isComplaint(line: TextLine): boolean {
  if (isHistory(line) || !/text ?file/i.test(line.text)) return false;
  if (line.stream === "note")
    return /never|not? (?:show|appear|metric|there|seen)|missing|absent|no data|empty|don't|doesn't|nothing/i.test(
      line.text,
    );
  return /no such file|failed to read textfile/i.test(line.text);
}
