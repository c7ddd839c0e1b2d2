// The sandbox or the working directory of a unit names a path that is not there: 226/NAMESPACE, 200/CHDIR.
import type { FindingDraft } from "../../../model/finding.ts";
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";
import { ownerOfUnit } from "../../unit-owner.ts";

const settings: Readonly<Record<number, string>> = {
  200: "WorkingDirectory=",
  226: "ReadWritePaths= (ReadOnlyPaths=, BindPaths=, PrivateTmp=)",
};

export const rule = textRule({
  id: "host/unit-path-missing",
  title: "A directory that a systemd unit names does not exist (status=226/NAMESPACE or 200/CHDIR)",
  why: "Before the program runs, systemd builds the unit's view of the file system: each path of ReadWritePaths= and its like must exist (unless written with a leading -), and WorkingDirectory= must be enterable. A hardened unit for Prometheus or Loki whose data directory was never made stops there.",
  severity: "critical",
  component: "host",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "Failed to set up mount namespacing: {path}: No such file or directory",
    "Failed at step NAMESPACE spawning {program*}: No such file or directory",
    "Changing to the requested working directory failed: {error*}",
    "Failed at step CHDIR spawning {program*}: {error*}",
    "status=226/NAMESPACE",
    "status=200/CHDIR",
  ],
  uses: ["host.units"],
  suffices: ["host.units"],
  confirm: (hit, facts) => {
    // the status page is read as a fact
    if (
      hit.lines.every(({ text }) => /^\s*(?:Main PID|Process): \d+ /.test(text)) &&
      facts["host.units"].some(({ exitStatus }) => settings[exitStatus ?? 0])
    )
      return { holds: false };
    const all = hit.lines.map(({ text }) => text).join("\n");
    const path = /mount namespacing: (?:\/run\/systemd\/unit-root)?(\/\S{1,300}): No such file/.exec(
      all,
    )?.[1];
    const chdir = /200\/CHDIR|step CHDIR|working directory/.test(all);
    const error = /(?:directory failed|CHDIR spawning \S+): (.{1,80})/.exec(all)?.[1];
    const unit = unitOf(all) ?? "The unit";
    return {
      holds: true,
      says: chdir
        ? `${unit} cannot enter its WorkingDirectory= (200/CHDIR${error ? `: ${error.trim()}` : ""}): the directory is missing or closed to its user`
        : `${unit} names ${path ?? "a directory"} in ${settings[226]}, and it does not exist (226/NAMESPACE): make it, owned by the unit's user`,
    };
  },
  says: ({ line }) => line.text,
  fromFiles: (facts, stack) =>
    facts["host.units"].flatMap((unit): FindingDraft[] => {
      const setting = settings[unit.exitStatus ?? 0];
      if (!setting || unit.active === "active") return [];
      const owner = ownerOfUnit(stack, unit);
      return [
        {
          subject: { kind: "component", id: owner?.id ?? unit.name },
          ...(owner ? { component: owner.id } : {}),
          says: `A directory that ${unit.name} names in ${setting} does not exist (${unit.exitStatus === 200 ? "200/CHDIR" : "226/NAMESPACE"})`,
          proof: [unit.at],
          certainty: "proven",
        },
      ];
    }),
  rivals: [{ rule: "host/unit-cannot-execute", tellApart: "there the status is 203/EXEC" }],
  decideWith: "systemctl cat UNIT | grep -E 'Paths=|Directory='; journalctl -u UNIT -n 20",
  references: ["https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#ReadWritePaths="],
  fix: (finding) => {
    const path = /names (\/\S+) in/.exec(finding.says)?.[1] ?? "DIRECTORY";
    return byHand(
      `install -d -o USER -g GROUP ${path} (or StateDirectory= in the unit, which makes it at each start), then restart the unit`,
      "On the host",
      `install -d -o USER -g GROUP ${path}`,
      "safe",
    );
  },
});

function unitOf(text: string): string | undefined {
  return /\b([\w@.-]{1,100}\.service)\b/.exec(text)?.[1];
}
