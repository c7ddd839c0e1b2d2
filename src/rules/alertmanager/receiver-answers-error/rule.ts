// The service behind a receiver is reached and fails itself: 5xx is tried again until the group's time is over.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "alertmanager/receiver-answers-error",
  title:
    "The service behind a receiver answers Alertmanager with a server error (5xx): the notifications are given up after retries",
  why: "The network and the address work: the webhook, bridge or mail gateway answered. 5xx says that it failed while it handled the message, or that a proxy before it found no backend. Alertmanager tries again until the next group interval, then drops the notification. Its own log tells why, not Alertmanager's.",
  severity: "warning",
  component: "alertmanager",
  layer: "delivery",
  nature: "cause",
  effect: "no-data-out",
  phase: "run",
  texts: [
    "notify retry canceled after {attempts#} attempts: unexpected status code {status#}{rest*}",
    // up to 0.20 the code stood alone, with the address behind it
    "Notify for alerts failed…unexpected status code {status#} from {url*}",
  ],
  // Slack is told by its own rule
  except: ["/slack["],
  confirm: ({ captures }) => ({ holds: /^5\d\d$/.test(captures.status ?? "") }),
  recoveredBy: ["Notify success"],
  says: ({ line, captures }) => {
    const receiver = /"?([\w .-]{1,80}(?:\/[\w .-]{1,80}){0,3}\/[a-z0-9]{2,20}\[\d+\])/.exec(line.text)?.[1];
    const url = /unexpected status code \d+ from ([^\s"\\]{1,200})/.exec(line.text)?.[1];
    return `${receiver ?? url ?? "The service behind a receiver"} answers ${captures.status}: the service is reached and fails itself, or the proxy before it has no backend; its own log says why`;
  },
  rivals: [
    {
      rule: "alertmanager/receiver-refuses",
      tellApart: "4xx is a refusal of this message, and is not tried again",
    },
  ],
  decideWith: "docker logs RECEIVER (or kubectl logs) at the minute of the failed notification",
  references: ["https://github.com/prometheus/alertmanager/blob/main/notify/util.go"],
  fix: (finding) =>
    byHand(
      "Look into the receiving service's log at that minute; send it a test alert afterwards",
      finding.says,
      "amtool alert add watchmend-test severity=info",
      "safe",
    ),
});
