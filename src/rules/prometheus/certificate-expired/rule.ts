// The certificate of a server was right until a date that is over.

import { byHand } from "../../by-hand.ts";
import { clockFault } from "../../clock-difference.ts";
import { textRule } from "../../text-rule.ts";

const dates = /current time (\S+) is (after|before) ([\d-]+T[\d:]+Z)/;

/** Where metrics are scraped and samples or lines are pushed. */
const ours =
  /https:\/\/[^\s"]{1,200}\/(?:metrics|federate|probe|api\/v1\/(?:write|push|receive)|loki\/api\/v1\/push)\b/;

export const rule = textRule({
  id: "prometheus/certificate-expired",
  title: "A server's certificate has expired, so Prometheus or the log agent refuses the connection",
  why: "Go names both times: `current time X is after Y`. Where X is right, the certificate was not renewed, or it was renewed on disk and the server still shows the old one it has loaded. `is before Y` means a certificate that is not valid yet: nearly always a wrong clock.",
  severity: "critical",
  component: "prometheus",
  layer: "tls",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: ["prometheus", "promtail", "alloy"],
  texts: ["x509: certificate has expired or is not yet valid", "tls: expired certificate"],
  except: [
    "failed calling webhook",
    "kubelet",
    "Unable to connect to the server",
    "smtp",
    "STARTTLS",
    "failed to pull",
    "controlplane",
  ],
  uses: ["host.clocks"],
  unconfirmed: "silent",
  confirm: ({ line }, facts) => {
    // A clock that is wrong makes every certificate look expired: host/clock-skew.
    if (clockFault(facts["host.clocks"]) || dates.exec(line.text)?.[2] === "before") return { holds: false };
    const isOurs = line.component !== undefined || ours.test(line.text);
    return isOurs && !/"https:\/\/[^"]*(?::6443|10\.96\.0\.1)/.test(line.text) ? { holds: true } : {};
  },
  says: ({ line }) => {
    const [, now, , until] = dates.exec(line.text) ?? [];
    return `The certificate${addressOf(line.text) ? ` of ${addressOf(line.text)}` : " of the server"} has expired${until ? ` (valid until ${until}, it is ${now})` : ""}: renew it, and let the server load it (the exporter toolkit reads it at each connection, others at start)`;
  },
  rivals: [
    {
      rule: "host/clock-skew",
      tellApart: "there the time the message calls current is wrong",
      decideWith: "date -u; timedatectl",
    },
    { rule: "prometheus/certificate-authority-unknown", tellApart: "there the issuer is unknown" },
  ],
  decideWith: "openssl s_client -connect HOST:PORT </dev/null | openssl x509 -noout -dates",
  references: ["https://pkg.go.dev/crypto/x509#InvalidReason"],
  fix: () =>
    byHand(
      "Renew the certificate (cert-manager, ACME client or own CA), check with openssl x509 -noout -dates what the server really shows, and restart it where it shows the old one",
      "On the server",
      "openssl s_client -connect HOST:PORT </dev/null | openssl x509 -noout -dates",
      "safe",
    ),
});

function addressOf(text: string): string | undefined {
  return /(?:Get|Post) \\?"https:\/\/([^\s"\\/]{1,200})/.exec(text)?.[1];
}
