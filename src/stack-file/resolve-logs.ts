// Where log lines come from: containers, the journal, files.
import { given } from "../model/given.ts";
import type { LogSources, StackHost } from "../model/stack-file.ts";
import { chooseHosts } from "./choose-hosts.ts";
import type { Draft } from "./fault.ts";
import { logAgentOf } from "./resolve-components.ts";
import type { StackFileInput } from "./schema.ts";

/** Promtail's entry is still in the file, and Alloy runs in its place. */
function afterPromtail(input: StackFileInput): LogSources["afterPromtail"] {
  const { promtail } = input.components ?? {};
  if (promtail === undefined || logAgentOf(input) !== "alloy") return undefined;
  return given({ data: promtail.data });
}

export function resolveLogs(input: StackFileInput, hosts: readonly StackHost[], drafts: Draft[]): LogSources {
  const { logs } = input;
  const agents = hosts.filter((host) => host.roles.includes("agent"));
  return given({
    afterPromtail: afterPromtail(input),
    docker: logs?.docker ?? true,
    journal: logs?.journal ?? true,
    journalJob: logs?.journal_job,
    positionsFile: logs?.positions_file,
    files: (logs?.files ?? []).map((file, i) => {
      const chosen =
        file.hosts === undefined
          ? agents
          : chooseHosts(file.hosts, agents, ["logs", "files", i, "hosts"], drafts);
      return given({
        name: file.name,
        path: file.path,
        hosts: chosen.map((host) => host.name),
        labels: file.labels ?? {},
        multilineStart: file.multiline_start,
      });
    }),
  });
}
