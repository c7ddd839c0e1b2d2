// Where log lines come from: containers, the journal, files.
import { given } from "../model/given.ts";
import type { LogSources, StackHost } from "../model/stack-file.ts";
import { chooseHosts } from "./choose-hosts.ts";
import type { Draft } from "./fault.ts";
import type { StackFileInput } from "./schema.ts";

export function resolveLogs(
  { logs }: StackFileInput,
  hosts: readonly StackHost[],
  drafts: Draft[],
): LogSources {
  const agents = hosts.filter((host) => host.roles.includes("agent"));
  return {
    docker: logs?.docker ?? true,
    journal: logs?.journal ?? true,
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
  };
}
