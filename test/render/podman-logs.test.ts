// Where a host's engine is Podman, lines of containers come from the journal and from its files, each line from one of them.
import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderStack } from "../../src/render/render-stack.ts";
import { stackOf } from "./stack.ts";

const rendered = (agent: "alloy" | "promtail", logs: string) => {
  const stack = stackOf(`schema: watchmend.stack/v1
name: demo
hosts:
  mon: {address: 10.0.0.1, roles: [server, agent]}
  pod: {address: 10.0.0.5, runtime: podman}
logs: {agent: ${agent}${logs}}
`);
  const host = renderStack(stack).hosts.find(({ name }) => name === "pod");
  const text = host?.files.find(({ readBy }) => readBy === agent)?.content ?? "";
  const mounts = host?.containers.find(({ component }) => component === agent)?.mounts ?? [];
  return { text, mounts: mounts.map(({ source }) => source) };
};

interface Job {
  readonly job_name: string;
  readonly journal?: unknown;
  readonly static_configs?: readonly { readonly labels: Readonly<Record<string, string>> }[];
  readonly relabel_configs?: readonly Readonly<Record<string, unknown>>[];
}

const jobsOf = (text: string): readonly Job[] => (parse(text) as { scrape_configs: Job[] }).scrape_configs;

test("Promtail reads them from the journal, with the container's name, and from the files of the other driver", () => {
  const { text, mounts } = rendered("promtail", "");
  const jobs = jobsOf(text);
  expect(jobs.map(({ job_name }) => job_name)).toEqual(["systemd-journal", "podman-files"]);
  expect(jobs[0]?.relabel_configs).toContainEqual({
    source_labels: ["__journal_container_name"],
    target_label: "container",
  });
  expect(jobs[1]?.static_configs?.[0]?.labels).toEqual({
    job: "docker",
    __path__: "/var/lib/containers/storage/overlay-containers/*/userdata/ctr.log",
  });
  expect(mounts).toEqual(
    expect.arrayContaining(["/var/lib/containers/storage/overlay-containers", "/run/log", "/var/log"]),
  );
  expect(mounts).not.toContain("/run/podman/podman.sock");
});

test("without the host's journal only lines of containers are kept", () => {
  const keep = { source_labels: ["__journal_container_name"], regex: ".+", action: "keep" };
  expect(jobsOf(rendered("promtail", ", journal: false").text)[0]?.relabel_configs).toContainEqual(keep);
  expect(jobsOf(rendered("promtail", "").text)[0]?.relabel_configs).not.toContainEqual(keep);
});

test("without containers nothing of theirs is read", () => {
  const { text, mounts } = rendered("promtail", ", docker: false");
  expect(jobsOf(text).map(({ job_name }) => job_name)).toEqual(["systemd-journal"]);
  expect(text).not.toContain("container_name");
  expect(mounts.join()).not.toContain("containers");
});

test("Alloy reads the same", () => {
  const { text, mounts } = rendered("alloy", ", journal: false");
  expect(text).not.toContain("discovery.docker");
  expect(text).toContain('loki.source.journal "journal"');
  expect(text).toContain('"__journal_container_name"');
  expect(text).toContain("stage.cri");
  expect(text).toContain("/overlay-containers/*/userdata/ctr.log");
  expect(mounts).toContain("/var/lib/containers/storage/overlay-containers");
});
