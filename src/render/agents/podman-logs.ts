// Where Podman keeps what containers say: in the journal, its standard, or in a file per container, never in both. Its API is no
// way to it: it lists containers of the host's network without one, and discovery makes a target of each network.
// https://docs.podman.io/en/latest/markdown/podman-run.1.html#log-driver-driver
import type { StackFile } from "../../model/stack-file.ts";

export const podmanFilesJob = "podman-files";

export const podmanFolder = "/var/lib/containers/storage/overlay-containers";
/** Of containers with `--log-driver k8s-file` or `json-file`, in the form that CRI has. */
export const podmanFiles = `${podmanFolder}/*/userdata/ctr.log`;
/** The path has no name: the id as `podman ps` shows it. */
export const podmanFilesId = "/overlay-containers/(?P<container>[0-9a-f]{12})";

/** A rule of relabelling, for both agents. */
export interface JournalRule {
  readonly from: readonly string[];
  readonly regex?: string;
  readonly to?: string;
  readonly replacement?: string;
  readonly action?: "keep";
}

/** Lines of containers get the labels they have under Docker. Their unit would be another one for each of them. */
export function podmanJournalRules({ journal }: StackFile["logs"]): readonly JournalRule[] {
  const name = "__journal_container_name";
  return [
    ...(journal ? [] : [{ from: [name], regex: ".+", action: "keep" as const }]),
    { from: [name, "__journal__systemd_unit"], regex: ";(.+)", to: "unit" },
    { from: ["__journal_priority_keyword"], to: "level" },
    { from: [name], to: "container" },
    { from: [name], to: "service_name" },
    { from: [name], regex: ".+", to: "job", replacement: "docker" },
  ];
}
