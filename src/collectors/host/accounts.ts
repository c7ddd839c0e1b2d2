// Who is who: `id`, `getent passwd`, lines of /etc/passwd.

import { given } from "../../model/given.ts";
import type { UserAccount } from "../../model/host.ts";
import { commandOf, containerOf } from "../command.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

const idLine = /^\s*uid=(\d{1,10})(?:\(([^)]{1,64})\))? gid=(\d{1,10})(?:\([^)]{0,64}\))?(.*)$/;
const passwdLine = /^([a-z_][\w.$-]{0,63}):[^:]{0,120}:(\d{1,10}):(\d{1,10}):[^:]*:[^:]*:[^:]*$/i;

export const accounts: Parser = {
  id: "accounts",
  reads: "id, getent passwd, /etc/passwd",
  provides: ["host.users"],
  startsAt: (line) => idLine.test(line),
  recognise(segment) {
    const head = headOf(segment);
    const own = head.filter((line) => readAccount(line) !== undefined).length;
    if (own > 0 && own >= head.length * 0.6) return 0.96;
    return commandOf(segment, "id") && /^\d{1,10}\s*$/.test(segment.text.trim()) ? 0.9 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.users");
    const around = { host: hostOf(segment), container: containerOf(segment) };
    for (const line of linesOf(segment)) {
      const account =
        readAccount(line.text) ?? readBareNumber(line.text, commandOf(segment, "id")?.args ?? []);
      if (account)
        emit.fact("host.users", given({ at: placeOf(segment, line.index), ...around, ...account }));
      else leaveAsText(segment, line, emit, around.container);
    }
  },
};

function readAccount(text: string): Omit<UserAccount, "at"> | undefined {
  const id = idLine.exec(text.slice(0, 8_192));
  if (id) {
    const groups = [...(id[4] ?? "").matchAll(/(?:groups=|,)(\d{1,10})(?:\(([^)]{0,64})\))?/g)];
    return given({
      name: id[2],
      uid: Number(id[1]),
      gid: Number(id[3]),
      groups: groups.map((group) => given({ gid: Number(group[1]), name: group[2] })),
    });
  }
  const passwd = passwdLine.exec(text.trim().slice(0, 1_000));
  return passwd ? given({ name: passwd[1], uid: Number(passwd[2]), gid: Number(passwd[3]) }) : undefined;
}

/** `id -u grafana` prints just the number. */
function readBareNumber(text: string, args: readonly string[]): Omit<UserAccount, "at"> | undefined {
  if (!args.includes("-u") || !/^\d{1,10}$/.test(text.trim())) return undefined;
  return given({ name: args.find((word) => !word.startsWith("-")), uid: Number(text.trim()) });
}
