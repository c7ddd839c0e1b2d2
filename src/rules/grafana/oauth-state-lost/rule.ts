// The sign-in comes back without the cookie that Grafana set.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/oauth-state-lost",
  title:
    "OAuth sign-in fails because the state cookie does not come back: root_url, domain or cookie settings do not fit the address in the browser",
  why: "Grafana stores the OAuth state in a cookie and compares it when the provider redirects back. When root_url (or domain, or the redirect) names another scheme or host than the browser uses, when cookie_samesite is strict or cookie_secure is set on plain HTTP, or when several replicas have different secret keys, the cookie is missing or does not match.",
  severity: "critical",
  component: "grafana",
  layer: "auth",
  nature: "cause",
  effect: "no-answer",
  phase: "run",
  from: ["grafana"],
  uses: ["config.documents"],
  confirm({ line }, { "config.documents": documents }) {
    if (!/redirect/i.test(line.text)) return { holds: true };
    // other programs sign in at the same provider
    const signsIn = documents.find(({ text }) =>
      /GF_AUTH_|auth\.(?:generic_oauth|github|google|gitlab|azuread|okta)/.test(text.slice(0, 100_000)),
    );
    const addressed = documents.some(({ text }) =>
      /GF_SERVER_ROOT_URL|root_url/.test(text.slice(0, 100_000)),
    );
    if (!signsIn)
      return {
        holds:
          line.component === "grafana" ||
          /grafana|login\/(?:generic_oauth|github|google)|redirect_uri_mismatch/i.test(line.text),
      };
    return {
      holds: true,
      proof: [signsIn.at],
      ...(addressed
        ? {}
        : {
            says: "The provider refuses the redirect: root_url (GF_SERVER_ROOT_URL) is not set, so Grafana sends http://localhost:3000/login/… as redirect_uri; set it to the address in the browser",
          }),
    };
  },
  texts: [
    "login.OAuthLogin(missing saved state)",
    "login.OAuthLogin(state mismatch)",
    "auth.oauth.state.missing",
    "auth.oauth.state.invalid",
    "missing saved oauth state",
    "redirect_uri_mismatch",
    "redirect URI in the request{rest*}does not match",
    "missing, invalid, or mismatching redirection URI",
    "Invalid parameter: redirect_uri",
    "redirect_uri' parameter does not match",
  ],
  says: ({ line }) =>
    /redirect/i.test(line.text)
      ? "The provider refuses the redirect: [server] root_url does not give the address that is registered there (ROOT_URL/login/generic_oauth)"
      : "The OAuth state cookie is missing or another one when the provider redirects back: [server] root_url must be the very address in the browser (scheme, host, sub-path), cookie_samesite lax, cookie_secure only with https",
  decideWith:
    "curl -sI GRAFANA/login/generic_oauth | grep -iE 'location|set-cookie'; grep -nE 'root_url|domain|cookie_' grafana.ini",
  references: [
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/generic-oauth/",
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#root_url",
  ],
  fix: () =>
    byHand(
      "Set [server] root_url = https://THE-ADDRESS-IN-THE-BROWSER/ (GF_SERVER_ROOT_URL), register ROOT_URL/login/generic_oauth at the provider, leave [security] cookie_samesite = lax, and give all replicas one secret_key",
      "In grafana.ini, then restart Grafana",
    ),
});
