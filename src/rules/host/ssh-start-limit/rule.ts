// sshd turns away connections that have not logged in yet.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "host/ssh-start-limit",
  title: "sshd refuses connections because too many are opened at once (MaxStartups)",
  why: "sshd drops new connections at random as soon as 10 unauthenticated ones are open, and all of them from 100 on (MaxStartups 10:30:100). Tools that open one connection per container or per task (docker -H ssh://, compose, parallel deploys) run into it; the client sees only a closed connection.",
  severity: "warning",
  component: "host",
  layer: "limits",
  nature: "cause",
  effect: "none",
  from: "any",
  texts: [
    "kex_exchange_identification: Connection closed by remote host",
    "kex_exchange_identification: read: Connection reset by peer",
    "ssh_exchange_identification: Connection closed by remote host",
    "past MaxStartups",
    "beginning MaxStartups throttling",
  ],
  unconfirmed: "possible",
  confirm: (hit) => {
    const proof = hit.lines.find((line) => /MaxStartups/.test(line.text));
    return proof ? { holds: true, proof: [{ ...proof.at, excerpt: proof.text }] } : {};
  },
  says: ({ lines }) =>
    lines.some((line) => /MaxStartups/.test(line.text))
      ? "sshd drops connections past MaxStartups: more unauthenticated connections are open at once than it allows (default 10:30:100)"
      : "sshd closes connections before the login: probably past MaxStartups (default 10:30:100), or the client's address is banned",
  subject: (hit) => ({ kind: "host", id: hit.line.host ?? "host" }),
  rivals: [
    {
      rule: "host/ssh-session-limit",
      tellApart: "there the connection stands and one more session in it is refused",
    },
  ],
  decideWith:
    "journalctl -u ssh | grep MaxStartups; sshd -T | grep -i maxstartups; fail2ban-client status sshd",
  references: [
    "https://man.openbsd.org/sshd_config#MaxStartups",
    "https://github.com/docker/compose/issues/8191",
  ],
  fix: () =>
    byHand(
      "Share one connection (ControlMaster auto, ControlPersist 60s in ~/.ssh/config) and start fewer at once; or raise MaxStartups (30:30:100) in /etc/ssh/sshd_config and reload sshd",
      "On the client first, then on the server",
    ),
});
