// The account the unit runs as does not exist: 217/USER.
import type { FindingDraft } from "../../../model/finding.ts";
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";
import { ownerOfUnit } from "../../unit-owner.ts";

export const rule = textRule({
  id: "host/unit-user-missing",
  title: "The user or group of a systemd unit does not exist on the host (status=217/USER or 216/GROUP)",
  why: "systemd looks the account of User= and Group= up before it starts the program. A unit file copied from a guide, or a package whose account was not made (or lies in LDAP that is not up yet), ends with 217/USER and `No such process`, which means: no such user.",
  severity: "critical",
  component: "host",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "Failed at step USER spawning {program*}: No such process",
    "Failed at step GROUP spawning {program*}: No such process",
    "Failed to determine user credentials: No such process",
    "Failed to determine group credentials: No such process",
    "status=217/USER",
    "status=216/GROUP",
  ],
  uses: ["host.units"],
  suffices: ["host.units"],
  confirm: (hit, facts) => {
    // the status page is read as a fact
    if (
      hit.lines.every(({ text }) => /^\s*(?:Main PID|Process): \d+ /.test(text)) &&
      facts["host.units"].some(({ exitStatus }) => exitStatus === 217 || exitStatus === 216)
    )
      return { holds: false };
    const name = unitOf(hit.lines.map(({ text }) => text).join("\n"));
    const unit = facts["host.units"].find((entry) => entry.user && (!name || entry.name === name));
    return {
      holds: true,
      ...(unit
        ? {
            proof: [unit.at],
            says: `${name ?? unit.name} has User=${unit.user}, and that user does not exist on this host (217/USER: No such process)`,
          }
        : {}),
    };
  },
  says: ({ line, lines }) => {
    const all = lines.map(({ text }) => text).join("\n");
    const group = /216\/GROUP|step GROUP|group credentials/.test(line.text);
    const program = /spawning (\/\S{1,200}):/.exec(all)?.[1];
    return `The ${group ? "Group=" : "User="} of ${unitOf(all) ?? "the unit"}${program ? ` (${program})` : ""} does not exist on this host (${group ? "216/GROUP" : "217/USER"}: No such process means no such ${group ? "group" : "user"})`;
  },
  fromFiles: (facts, stack) =>
    facts["host.units"].flatMap((unit): FindingDraft[] => {
      if ((unit.exitStatus !== 217 && unit.exitStatus !== 216) || unit.active === "active") return [];
      const owner = ownerOfUnit(stack, unit);
      const what = unit.exitStatus === 217 ? "User=" : "Group=";
      return [
        {
          subject: { kind: "component", id: owner?.id ?? unit.name },
          ...(owner ? { component: owner.id } : {}),
          says: `The ${what}${unit.user ?? ""} of ${unit.name} does not exist on this host (${unit.exitStatus === 217 ? "217/USER" : "216/GROUP"})`,
          proof: [unit.at],
          certainty: "proven",
        },
      ];
    }),
  rivals: [{ rule: "host/unit-cannot-execute", tellApart: "there the status is 203/EXEC" }],
  decideWith: "systemctl show -p User,Group UNIT; getent passwd USER",
  references: [
    "https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Process%20Exit%20Codes",
  ],
  fix: (finding) => {
    const user = /User=(\w[\w.-]*)/.exec(finding.says)?.[1] ?? "USER";
    return byHand(
      `Make the account (useradd --system --no-create-home --shell /usr/sbin/nologin ${user}) and give it its data directory, or set User= to one that exists; then systemctl daemon-reload and restart`,
      "On the host",
      `useradd --system --no-create-home --shell /usr/sbin/nologin ${user}`,
    );
  },
});

function unitOf(text: string): string | undefined {
  return /\b([\w@.-]{1,100}\.service)\b/.exec(text)?.[1];
}
