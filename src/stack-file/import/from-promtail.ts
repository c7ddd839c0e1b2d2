// A Promtail configuration: which files, journal and containers it follows, so that nothing is followed less afterwards.

import type { ConfigDocument } from "../../model/config.ts";
import type { DockerContainer } from "../../model/docker.ts";
import { isRecord, itemsOf, memberOf, textOf, textRecord, valueAt } from "../../model/json-value.ts";
import type { Place } from "../../model/place.ts";
import { hostSeenAs, type ImportDraft, type LogsDraft, nameFrom, note } from "./draft.ts";

const sources = ["static_configs", "journal", "docker_sd_configs"] as const;

export function importPromtail(
  draft: ImportDraft,
  doc: ConfigDocument,
  containers: readonly DockerContainer[],
): void {
  if (!isRecord(doc.value)) return;
  draft.logs ??= { docker: false, journal: false, files: [] };
  const { logs } = draft;
  const positions = basename(textOf(valueAt(doc.value, "positions", "filename")) ?? "");
  if (positions !== "" && positions !== "positions.yaml") logs.positions_file = positions;
  const reader = containers.find((one) => one.host === doc.host && /promtail/i.test(one.image ?? one.name));
  const host = doc.host === undefined ? undefined : hostSeenAs(draft, doc.host);
  const place = (i: number): Place => {
    const line = doc.lines[`/scrape_configs/${i}`] ?? doc.at.line;
    return { source: doc.at.source, ...(line === undefined ? {} : { line }) };
  };
  for (const [i, job] of itemsOf(memberOf(doc.value, "scrape_configs")).entries()) {
    const name = textOf(memberOf(job, "job_name")) ?? `job-${i + 1}`;
    if (memberOf(job, "journal") !== undefined) importJournal(draft, logs, name, place(i));
    if (memberOf(job, "docker_sd_configs") !== undefined) logs.docker = true;
    for (const group of itemsOf(memberOf(job, "static_configs")))
      importFile(draft, logs, { group, job, name, host, reader, at: place(i) });
    if (!sources.some((key) => memberOf(job, key) !== undefined))
      note(draft, place(i), `job ${name} of Promtail`, "its source is none that the model has");
    noteStages(draft, job, name, place(i));
  }
}

/** Its place in the journal is kept under the name of its job: under another one it would begin anew, and send lines again. */
function importJournal(draft: ImportDraft, logs: LogsDraft, name: string, at: Place): void {
  const known = logs.journal ? (logs.journal_job ?? ours) : undefined;
  logs.journal = true;
  if (known === undefined && name !== ours) logs.journal_job = name;
  if (known !== undefined && known !== name)
    note(
      draft,
      at,
      `the place in the journal of job ${name}`,
      `the model has one name, ${known}: lines of the last hours are sent again where it is another`,
    );
}

const ours = "systemd-journal";

function basename(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

interface FileSource {
  readonly group: unknown;
  readonly job: unknown;
  readonly name: string;
  readonly host: string | undefined;
  readonly reader: DockerContainer | undefined;
  readonly at: Place;
}

function importFile(
  draft: ImportDraft,
  logs: LogsDraft,
  { group, job, name, host, reader, at }: FileSource,
): void {
  const { __path__: inside, job: label, ...labels } = textRecord(memberOf(group, "labels"));
  if (inside === undefined) return;
  const path = onHost(inside, reader);
  if (path === undefined) {
    note(draft, at, `files ${inside} of job ${name}`, "they lie in Promtail's container, on no mount");
    return;
  }
  if (path !== inside)
    note(
      draft,
      at,
      `files ${inside} of job ${name}`,
      `they are followed as ${path}, under which no position is known: lines are sent again`,
    );
  const multiline = multilineOf(job);
  const entry = {
    name: nameFrom(label ?? name),
    path,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(multiline === undefined ? {} : { multiline_start: multiline }),
  };
  if (label === undefined || entry.name !== label)
    note(draft, at, `label job="${label ?? name}"`, `lines have job="${entry.name}" now`);
  const known = logs.files.findIndex(
    ({ hosts: _, ...rest }) => JSON.stringify(rest) === JSON.stringify(entry),
  );
  const found = logs.files[known];
  if (!found) logs.files.push({ ...entry, ...(host === undefined ? {} : { hosts: [host] }) });
  else if (host !== undefined && Array.isArray(found.hosts) && !found.hosts.includes(host))
    logs.files[known] = { ...found, hosts: [...found.hosts, host] };
}

/** The longest mount that the path lies in; what runs without a container sees the host's own files. */
function onHost(path: string, reader: DockerContainer | undefined): string | undefined {
  if (!reader) return path;
  const [mount] = (reader.mounts ?? [])
    .filter(({ target }) => path === target || path.startsWith(target === "/" ? "/" : `${target}/`))
    .toSorted((a, b) => b.target.length - a.target.length);
  if (mount?.source?.startsWith("/") !== true || mount.name !== undefined) return undefined;
  return `${mount.source.replace(/\/$/, "")}${path.slice(mount.target === "/" ? 0 : mount.target.length)}`;
}

function multilineOf(job: unknown): string | undefined {
  const stages = itemsOf(memberOf(job, "pipeline_stages"));
  return stages.length === 1 ? textOf(valueAt(stages[0], "multiline", "firstline")) : undefined;
}

function noteStages(draft: ImportDraft, job: unknown, name: string, at: Place): void {
  const count = itemsOf(memberOf(job, "pipeline_stages")).length;
  if (count > 0 && multilineOf(job) === undefined)
    note(draft, at, `${count} pipeline stages of job ${name}`, "the model has the start of an entry only");
  if (memberOf(job, "static_configs") !== undefined && memberOf(job, "relabel_configs") !== undefined)
    note(draft, at, `relabel_configs of job ${name}`, "the model has fixed labels only");
}
