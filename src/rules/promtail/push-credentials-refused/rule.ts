// The gateway in front of Loki asks for a user and password that the agent does not send.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/push-credentials-refused",
  title:
    "Loki (its gateway or proxy) refuses the agent's pushes with 401 or 403: user, password or token is missing or wrong",
  why: "The chart's gateway, an ingress or Grafana Cloud checks basic auth or a token before Loki sees the request. 4xx answers are not retried: the agent drops these batches. An answer `no org id` is another matter: there only the tenant's header is missing.",
  severity: "critical",
  component: "promtail",
  layer: "auth",
  nature: "cause",
  effect: "no-data-out",
  phase: "run",
  from: "any",
  texts: [
    "error sending batch…status=401",
    "error sending batch…status=403",
    "no user/password was provided for basic authentication…/loki/api/v1/push",
    "user {user}: password mismatch…/loki/api/v1/push",
    "user {user} was not found in {file}…/loki/api/v1/push",
  ],
  except: ["no org id", "status=200"],
  explains: [
    {
      rule: "promtail/batches-dropped",
      via: "anything",
      mechanism: "a batch that is refused with 401 is not sent again",
    },
    { rule: "promtail/push-failing", via: "anything", mechanism: "the refusal is the failure" },
  ],
  confirm: ({ line }) => ({
    holds:
      line.component === "promtail" ||
      line.component === "alloy" ||
      /loki\/api\/v1\/push|promtail|loki\.write|component=client/.test(line.text),
  }),
  says: ({ line, lines }) => {
    const text = lines.map((entry) => entry.text).join(" ");
    const user = /user "?([\w@.-]+)"?: password mismatch/.exec(text)?.[1];
    const status = /status=(40[13])/.exec(text)?.[1] ?? "401";
    const host = /host=(\S+)/.exec(text)?.[1];
    const why = user
      ? `the password of ${user} is wrong`
      : /no user\/password/.test(text)
        ? "the agent sends no user and password (basic_auth)"
        : "basic_auth or token of the client is missing, wrong or expired";
    return `Pushes${host ? ` to ${host}` : ""} are refused with ${status}: ${why}${line.component ? "" : ""}`;
  },
  rivals: [{ rule: "loki/tenant-header-missing", tellApart: "there the answer says no org id" }],
  decideWith:
    "curl -si -u USER:PASSWORD http://GATEWAY/loki/api/v1/labels | head -5; kubectl logs deploy/loki-gateway | grep -i auth",
  references: [
    "https://grafana.com/docs/loki/latest/send-data/promtail/configuration/#clients",
    "https://grafana.com/docs/loki/latest/operations/authentication/",
  ],
  fix: () =>
    byHand(
      "Give the client the gateway's credentials: clients[].basic_auth: {username, password_file} in Promtail, basic_auth in loki.write's endpoint in Alloy; for Grafana Cloud user id and token",
      "In the agent's configuration",
      undefined,
      "safe",
    ),
});
