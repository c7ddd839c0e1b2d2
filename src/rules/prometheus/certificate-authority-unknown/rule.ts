// A scrape, a remote write or a push goes to a server whose CA the client does not know.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

/** Where metrics are scraped and samples or lines are pushed. */
const ours = /\/(?:metrics|federate|probe|api\/v1\/(?:write|push|receive)|loki\/api\/v1\/push)\b/;

export const rule = textRule({
  id: "prometheus/certificate-authority-unknown",
  title:
    "Prometheus or the log agent does not trust the server's certificate: its CA is not given (tls_config.ca_file)",
  why: "The images hold public CAs only. A server with a certificate of an own CA, or a self-signed one, is refused with `x509: certificate signed by unknown authority` before anything is sent. Scrapes are down, remote write retries for ever, agents drop their lines.",
  severity: "critical",
  component: "prometheus",
  layer: "tls",
  nature: "cause",
  effect: "no-data-out",
  phase: "run",
  from: ["prometheus", "promtail", "alloy"],
  texts: ["x509: certificate signed by unknown authority", "x509: “{name*}” certificate is not trusted"],
  except: [
    "failed calling webhook",
    "kubernetes.default",
    "/api/v1/namespaces",
    "oauth",
    "failed to pull",
    "docker",
  ],
  unconfirmed: "silent",
  confirm: ({ line }) => {
    // Unsigned lines tell nothing of who asks whom, unless they quote the whole request.
    const isOurs = line.component !== undefined || ours.test(urlOf(line.text) ?? "");
    return isOurs && !/alertmanager|smtp|STARTTLS/i.test(line.text) ? { holds: true } : {};
  },
  says: ({ line }) => {
    const url = urlOf(line.text);
    const what = /remote|api\/v1\/(?:write|push|receive)/.test(line.text)
      ? "remote_write"
      : /loki\/api\/v1\/push/.test(line.text)
        ? "the client"
        : "the job";
    return `The certificate${url ? ` of ${url}` : ""} is signed by an authority that the client does not know: mount the CA and name it in tls_config.ca_file of ${what}`;
  },
  rivals: [
    {
      rule: "prometheus/certificate-lacks-address",
      tellApart: "there the authority is known and the name in the certificate does not fit",
    },
    { rule: "prometheus/certificate-expired", tellApart: "there the certificate was right until a date" },
  ],
  decideWith:
    "openssl s_client -connect HOST:443 -showcerts </dev/null | openssl x509 -noout -issuer -subject",
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/#tls_config"],
  fix: () =>
    byHand(
      "Mount the CA's certificate and set tls_config: { ca_file: /etc/ssl/own-ca.crt } (Alloy: tls_config { ca_file = … }); the server should send its intermediate certificates, too. insecure_skip_verify: true only to find out",
      "In the job, remote_write or client, then reload",
      undefined,
      "safe",
    ),
});

function urlOf(text: string): string | undefined {
  return (
    /(?:Get|Post) \\?"(https:\/\/[^\s"\\?]{1,200})/.exec(text)?.[1] ??
    /\burl=(https:\/\/\S{1,200})/.exec(text)?.[1]
  );
}
