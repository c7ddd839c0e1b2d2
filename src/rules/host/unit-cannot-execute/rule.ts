// systemd forks, and the program of ExecStart cannot be run: 203/EXEC.

import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { byHand } from "../../by-hand.ts";
import { type Confirmation, textRule } from "../../text-rule.ts";
import { ownerOfUnit } from "../../unit-owner.ts";

const statusLine = /^\s*(?:Main PID|Process): \d+ /;
const hint =
  "the file is not there, has no x bit, is built for another architecture, or SELinux or a noexec mount forbids it";

export const rule = textRule({
  id: "host/unit-cannot-execute",
  title:
    "systemd cannot execute the program of a unit's ExecStart (status=203/EXEC), so the service never starts",
  why: "203/EXEC comes from the execve of the unit's first word: no such file (wrong path after unpacking, a folder in place of the binary), no x bit, another architecture, a noexec mount, or SELinux in enforcing mode: a binary moved out of a home directory or /tmp keeps a label that init may not execute, and owner and mode look right.",
  severity: "critical",
  component: "host",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "Failed at step EXEC spawning {program*}: {error*}",
    "{unit}: main process exited, code=exited, status=203/EXEC",
    "status=203/EXEC",
    "{unit}: Failed to execute command: {error*}",
    "Unable to locate executable '{program*}': {error*}",
  ],
  uses: ["host.units", "host.processes", "host.settings", "host.files"],
  suffices: ["host.units", "host.processes"],
  confirm: (hit, facts) => {
    // the status page is read as a fact
    if (
      hit.lines.every(({ text }) => statusLine.test(text)) &&
      facts["host.units"].some(({ exitStatus }) => exitStatus === 203)
    )
      return { holds: false };
    const told = hit.lines.map(({ text }) => /EXEC spawning (\S+): (.{1,80})/.exec(text)).find(Boolean);
    const program = told?.[1];
    const error = (
      told?.[2] ?? hit.lines.map(({ text }) => /execute command: (.{1,80})/.exec(text)?.[1]).find(Boolean)
    )?.trim();
    return judge(program, error, facts, unitOf(hit.line.text));
  },
  says: ({ line }) =>
    `systemd cannot execute the program of ${unitOf(line.text) ?? "a unit"} (203/EXEC): ${hint}`,
  fromFiles: (facts, stack) =>
    facts["host.units"].flatMap((unit): FindingDraft[] => {
      if (unit.exitStatus !== 203 || unit.active === "active") return [];
      const process = facts["host.processes"].find((entry) => entry.unit === unit.name);
      const answer = judge(process?.argv[0], undefined, facts, unit.name);
      const owner = ownerOfUnit(stack, unit);
      return [
        {
          subject: { kind: "component", id: owner?.id ?? unit.name },
          ...(owner ? { component: owner.id } : {}),
          says: answer.says ?? `systemd cannot execute the program of ${unit.name} (203/EXEC): ${hint}`,
          proof: [unit.at, ...(answer.proof ?? [])],
          certainty: "proven",
        },
      ];
    }),
  rivals: [
    { rule: "host/unit-user-missing", tellApart: "there the status is 217/USER" },
    { rule: "host/selinux-denies-access", tellApart: "there a container is refused its files" },
  ],
  decideWith: "ls -lZ PROGRAM; file PROGRAM; ausearch -m avc -ts recent; findmnt -T PROGRAM",
  references: [
    "https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Process%20Exit%20Codes",
  ],
  fix: (finding) => {
    const program = /execute (\/\S+)/.exec(finding.says)?.[1] ?? "PROGRAM";
    return byHand(
      /SELinux/.test(finding.says) && /enforcing/.test(finding.says)
        ? `restorecon -v ${program} (or: semanage fcontext -a -t bin_t ${program}; restorecon ${program}), then systemctl restart the unit; do not switch SELinux off`
        : `Correct ExecStart to the binary's real path (not its folder), chmod 755 ${program}, restorecon -v ${program} where SELinux is on; then systemctl daemon-reload and restart`,
      "On the host",
      `ls -lZ ${program}`,
    );
  },
});

function judge(
  program: string | undefined,
  error: string | undefined,
  facts: Pick<Facts, "host.settings" | "host.files">,
  unit: string | undefined,
): Confirmation {
  const what = program ?? `the program of ${unit ?? "the unit"}`;
  const file = facts["host.files"].find((entry) => entry.path === program);
  const enforcing = facts["host.settings"].find(
    ({ name, value }) => /selinux/i.test(name) && /enforcing/i.test(value),
  );
  const proof: Place[] = [...(file ? [file.at] : []), ...(enforcing ? [enforcing.at] : [])];
  const head = `systemd cannot execute ${what}${unit && program ? ` of ${unit}` : ""} (203/EXEC${error ? `: ${error}` : ""})`;
  if (file?.type === "directory")
    return {
      holds: true,
      proof,
      says: `${head}: it is a directory; ExecStart must name the binary inside it`,
    };
  if (error && /no such file/i.test(error))
    return { holds: true, says: `${head}: the file (or the interpreter its first line names) is not there` };
  if (error && /exec format/i.test(error))
    return { holds: true, says: `${head}: the binary is built for another architecture` };
  if (error && /permission denied/i.test(error) && enforcing)
    return {
      holds: true,
      proof,
      says: `${head}: SELinux is enforcing and forbids it: the binary carries a label that init may not execute (it was moved there from a home or temporary directory)`,
    };
  if (error && /permission denied/i.test(error))
    return {
      holds: true,
      says: `${head}: the file has no x bit, its folder is closed, the mount is noexec, or SELinux forbids it (label)`,
    };
  return { holds: true, proof, says: `${head}: ${hint}` };
}

function unitOf(text: string): string | undefined {
  return /\b([\w@.-]{1,100}\.service)\b/.exec(text)?.[1];
}
