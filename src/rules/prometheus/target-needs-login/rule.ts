// An exporter or a proxy in front of it wants a login, and the job sends none.
import type { Place } from "../../../model/place.ts";
import { type PrometheusConfig, readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/target-needs-login",
  title: "A target answers 401 Unauthorized: it wants a login that the scrape job does not send",
  why: "An exporter started with --web.config.file and basic_auth_users, or a proxy in front of it, answers 401 to whoever sends no user and password. curl -u works, Prometheus needs basic_auth (or authorization) in the job.",
  severity: "critical",
  component: "prometheus",
  layer: "auth",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: "any",
  texts: ["server returned HTTP status 401 Unauthorized"],
  except: [
    "remote_write",
    "non-recoverable error",
    "final error sending batch",
    "failed to send",
    "/api/v1/write",
    "/push",
  ],
  uses: ["config.documents", "prometheus.targets"],
  confirm: (hit, facts) => {
    if (hit.line.component !== undefined && hit.line.component !== "prometheus") return { holds: false };
    const refused = facts["prometheus.targets"].filter(({ lastError }) =>
      /401 Unauthorized/.test(lastError ?? ""),
    );
    // The kubelet checks tokens: prometheus/kubelet-unauthenticated.
    if (
      hit.lines.some(({ text }) => /:10250|kubelet/i.test(text)) ||
      refused.some(({ scrapeUrl, job }) => /:10250/.test(scrapeUrl ?? "") || /kubelet/.test(job)) ||
      facts["text.lines"].some(({ stream, text }) => stream === "note" && /kubelet/i.test(text))
    )
      return { holds: false };
    const configs = facts["config.documents"].flatMap((doc) =>
      doc.kind === "prometheus" && doc.value !== undefined ? [readPrometheusConfig(doc)] : [],
    );
    const bare = jobWithout(configs, refused[0]?.job);
    const name = bare?.name ?? refused[0]?.job;
    if (configs.length > 0 && !bare && refused.length > 0)
      return { certainty: "likely", says: wrong(refused[0]?.job) };
    return {
      ...(bare ? { holds: true, proof: [bare.at] } : {}),
      says: `${name ? `The targets of job ${name} answer` : "A target answers"} 401 Unauthorized: they want a login${bare ? `, and job ${name} has neither basic_auth nor authorization` : ""}`,
    };
  },
  says: () => "A target answers 401 Unauthorized: it wants a login that the job does not send",
  rivals: [
    {
      rule: "prometheus/kubelet-unauthenticated",
      tellApart: "there the kubelet does not check the token that was sent",
    },
    { rule: "prometheus/probe-refused-by-auth", tellApart: "there the kubelet's own probe gets the 401" },
  ],
  decideWith: "curl -si http://TARGET/metrics | head -5   # WWW-Authenticate names what it wants",
  references: [
    "https://prometheus.io/docs/guides/basic-auth/",
    "https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md",
  ],
  fix: () =>
    byHand(
      "Give the job basic_auth: { username: …, password_file: /etc/prometheus/secrets/exporter } (ServiceMonitor: basicAuth with a Secret), then reload",
      "In prometheus.yml",
      "promtool check config prometheus.yml",
      "safe",
    ),
});

function wrong(job: string | undefined): string {
  return `The targets${job ? ` of job ${job}` : ""} answer 401 Unauthorized although the job sends a login: user or password is wrong`;
}

/** The job that was refused, or the only one there is, where it sends no login. */
function jobWithout(
  configs: readonly PrometheusConfig[],
  refused: string | undefined,
): { readonly name: string; readonly at: Place } | undefined {
  const jobs = configs.flatMap(({ jobs: own }) => own);
  const one =
    refused === undefined
      ? jobs.length === 1
        ? jobs[0]
        : undefined
      : jobs.find(({ name }) => name?.value === refused);
  return one && !one.hasAuth ? { name: one.name?.value ?? "", at: one.at } : undefined;
}
