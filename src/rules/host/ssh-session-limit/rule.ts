// One connection carries only so many sessions.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "host/ssh-session-limit",
  title:
    "sshd refuses another session in a shared connection (MaxSessions), so the remote Docker daemon looks unreachable",
  why: "MaxSessions (default 10) limits the sessions in one multiplexed connection. docker -H ssh:// and compose open one per request or service; the eleventh gets `Session open refused by peer`, and the tool says that the daemon is not reachable.",
  severity: "warning",
  component: "host",
  layer: "limits",
  nature: "cause",
  effect: "none",
  from: "any",
  texts: [
    "Session open refused by peer",
    "mux_client_request_session: session request failed",
    "no more sessions",
    "open failed: administratively prohibited: open failed",
  ],
  except: ["channel {number#}: open failed: administratively prohibited"],
  says: () =>
    "sshd refuses a further session in the shared connection: MaxSessions (default 10) is reached (Session open refused by peer)",
  subject: (hit) => ({ kind: "host", id: hit.line.host ?? "host" }),
  rivals: [
    { rule: "host/ssh-start-limit", tellApart: "there whole connections are dropped before the login" },
  ],
  decideWith: "sshd -T | grep -i maxsessions",
  references: [
    "https://man.openbsd.org/sshd_config#MaxSessions",
    "https://github.com/docker/compose/issues/11677",
  ],
  fix: () =>
    byHand(
      "Fewer sessions at once (COMPOSE_PARALLEL_LIMIT=4, one batched command), or MaxSessions 50 in /etc/ssh/sshd_config and reload sshd",
      "On the server",
      "systemctl reload ssh",
    ),
});
