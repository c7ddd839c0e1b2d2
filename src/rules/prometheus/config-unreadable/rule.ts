// The configuration file is there and may not be read.
import { isRelabelled, selinuxHint } from "../../selinux-hint.ts";
import type { TextHit } from "../../text-hit.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/config-unreadable",
  title:
    "Prometheus may not read its configuration file: mode or owner of the file or a folder above it forbids it",
  why: "The process runs as uid 65534. A file of mode 600 owned by root, or a folder without the x bit for others, is closed to it. On SELinux hosts a missing label gives the same words.",
  severity: "critical",
  component: "prometheus",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [
    "open {file}.yml: permission denied",
    "open {file}.yaml: permission denied",
    "open {file}.yml: operation not permitted",
    "{file}.yml: permission denied",
  ],
  from: ["prometheus", "alertmanager"],
  uses: ["host.files", "host.settings", "config.documents"],
  confirm: (hit, facts) => {
    if (!hit.line.component && !/prometheus|alertmanager/.test(hit.line.text)) return { holds: false };
    const name = fileOf(hit)?.split("/").at(-1);
    const file = facts["host.files"].find((entry) => entry.path.split("/").at(-1) === name);
    if (file?.mode !== undefined) {
      const open = (file.mode & 0o004) !== 0 || file.uid === 65534;
      if (open) return { holds: false };
      return {
        holds: true,
        proof: [file.at],
        says: `${file.path} has mode ${file.mode.toString(8)} and owner ${file.uid ?? file.owner}: uid 65534 may not read it`,
      };
    }
    // There the label of the mount is the likelier cause, which host/selinux-label-missing says.
    return selinuxHint(facts) && !isRelabelled(facts) && !hit.line.pod ? { holds: false } : {};
  },
  says: (hit) =>
    `${fileOf(hit) ?? "The configuration file"} cannot be opened for reading by the user Prometheus runs as (permission denied)`,
  rivals: [
    {
      rule: "host/selinux-denies-access",
      tellApart: "with SELinux the modes are right and the audit log holds a denial",
      decideWith: "getenforce; ls -lZ FILE; ausearch -m avc -ts recent",
    },
  ],
  decideWith: "namei -l /path/to/prometheus.yml",
  references: ["https://github.com/prometheus/prometheus/issues/5976"],
  fix: () => ({
    summary: "chmod 644 the file and 755 the folders above it (with secrets in it: owner 65534, mode 600)",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "See which part is closed", command: "namei -l /path/to/prometheus.yml" },
    ],
  }),
});

/** The texts capture the path up to its ending; the line says which ending it was. */
function fileOf({ captures, line }: TextHit): string | undefined {
  const { file } = captures;
  if (file === undefined || file === "") return undefined;
  return `${file}${line.text.includes(`${file}.yaml`) ? ".yaml" : ".yml"}`;
}
