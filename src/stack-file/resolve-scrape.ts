// Declared jobs with their targets: a port of hosts of the stack, addresses elsewhere, or probes.
import { given } from "../model/given.ts";
import type { ScrapeJob, ScrapeTarget, StackHost } from "../model/stack-file.ts";
import { chooseHosts } from "./choose-hosts.ts";
import { auth } from "./credentials.ts";
import type { Draft } from "./fault.ts";
import type { ScrapeInput, StackFileInput } from "./schema.ts";
import { isAddress, isIPv6 } from "./words.ts";

export function resolveScrape(
  input: StackFileInput,
  hosts: readonly StackHost[],
  drafts: Draft[],
): readonly ScrapeJob[] {
  return (input.scrape ?? []).map((job, i) => resolveJob(job, ["scrape", i], hosts, drafts));
}

function resolveJob(
  job: ScrapeInput,
  path: readonly PropertyKey[],
  hosts: readonly StackHost[],
  drafts: Draft[],
): ScrapeJob {
  const targets = [...hostTargets(job, path, hosts, drafts), ...listedTargets(job, path, drafts)];
  if (job.hosts === undefined && job.targets === undefined)
    drafts.push({
      path: [...path, "job"],
      says: `job ${job.job} has no targets`,
      write: "hosts: [NAME] with port: NUMBER, or targets: [HOST:PORT]",
    });
  return given({
    job: job.job,
    path: job.path ?? (job.probe === undefined ? "/metrics" : "/probe"),
    scheme: job.scheme ?? "http",
    interval: job.interval,
    timeout: job.timeout,
    params: job.params ?? {},
    honorLabels: job.honor_labels ?? false,
    targets,
    probe: job.probe,
    ...auth(job),
    tls: job.tls && given({ caFile: job.tls.ca_file, serverName: job.tls.server_name }),
    sampleLimit: job.sample_limit,
  });
}

function hostTargets(
  job: ScrapeInput,
  path: readonly PropertyKey[],
  hosts: readonly StackHost[],
  drafts: Draft[],
): readonly ScrapeTarget[] {
  if (job.hosts === undefined) return [];
  const chosen = chooseHosts(job.hosts, hosts, [...path, "hosts"], drafts);
  if (job.port === undefined) {
    drafts.push({
      path: [...path, "hosts"],
      says: "names hosts without a port",
      why: "Prometheus adds none by itself",
      write: "port: 8080",
    });
    return [];
  }
  return chosen.map((host) => ({
    address: hostPort(host.address, job.port ?? 0),
    host: host.name,
    labels: { ...job.labels },
  }));
}

function listedTargets(
  job: ScrapeInput,
  path: readonly PropertyKey[],
  drafts: Draft[],
): readonly ScrapeTarget[] {
  const own = { ...job.labels };
  return (job.targets ?? []).map((one, i) => {
    const address = typeof one === "string" ? one : one.target;
    if (job.probe === undefined && !isHostPort(address))
      drafts.push({
        path: [...path, "targets", i],
        says: `"${address}" is no target`,
        why: "Prometheus adds neither a port nor removes a path",
        write: "10.0.0.5:9187 or db.example.org:9187; the path goes to path:, the scheme to scheme:",
      });
    return { address, labels: typeof one === "string" ? own : { ...own, ...one.labels } };
  });
}

export function hostPort(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

function isHostPort(text: string): boolean {
  const match = /^(?:\[([^\]]{1,100})\]|([^:/\s]{1,253})):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  return match !== null && port >= 1 && port <= 65_535 && isAddress(match[1] ?? match[2] ?? "");
}
