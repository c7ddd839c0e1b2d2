// The browser comes back from the login server, and Grafana's own request to it fails.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

const meanings: readonly (readonly [RegExp, string, string])[] = [
  [
    /unsupported protocol scheme/i,
    "the token_url (or api_url) of the provider is empty: it is not set, or its variable is misspelt",
    "Set token_url and api_url of [auth.generic_oauth] (GF_AUTH_GENERIC_OAUTH_TOKEN_URL, GF_AUTH_GENERIC_OAUTH_API_URL; look for a dot or a typing mistake in the variable's name) and restart Grafana",
  ],
  [
    /x509|failed to verify certificate|unknown authority/i,
    "Grafana does not trust the login server's certificate (its CA is not among those the container knows)",
    "Set tls_client_ca of [auth.generic_oauth] to the CA file (mounted into the container), or add the CA to the image; tls_skip_verify_insecure only for a test",
  ],
  [
    /invalid[_ ]client|unauthorized_client|client authentication failed|invalid client secret|AADSTS7000215/i,
    "the login server does not accept client_id and client_secret",
    "Correct client_id and client_secret of [auth.generic_oauth] (a confidential client; secret not expired), and restart Grafana",
  ],
  [
    /invalid[_ ]scope/i,
    "the login server does not know or allow the requested scope",
    "Correct scopes of [auth.generic_oauth], or allow them for this client on the login server (openid needs OpenID Connect to be enabled there)",
  ],
  [
    /redirect[_ ]uri/i,
    "redirect_uri differs from the one registered: root_url of [server] is not the address people use",
    "Set root_url of [server] to the public address, and register ROOT_URL/login/generic_oauth with the login server",
  ],
  [
    /invalid[_ ]grant|code not valid|PKCE|code_verifier/i,
    "the login server rejects the code (used twice, too old, or PKCE is expected)",
    "Set use_pkce = true where the server expects it; compare the clocks of both machines",
  ],
  [
    /40[45] (?:Not Found|Method Not Allowed)/i,
    "token_url leads to no token endpoint (404 or 405)",
    "Take token_url from the server's /.well-known/openid-configuration",
  ],
];

export const rule = textRule({
  id: "grafana/oauth-exchange-fails",
  title: "The login through OAuth fails: Grafana cannot exchange the code for a token at the login server",
  why: "After the login page the browser brings a code, and Grafana itself asks token_url and api_url with it. That request leaves from the container: its own trust store, its client secret, its scopes and the URL it was configured with decide. The browser shows only `Login failed: failed to get token from provider`.",
  severity: "critical",
  component: "grafana",
  layer: "auth",
  nature: "cause",
  effect: "none",
  texts: [
    "login.OAuthLogin(NewTransportWithCode){rest*}error={error*}",
    "failed to exchange code to token: {error*}",
    "oauth2: cannot fetch token: {error*}",
    "auth.oauth.token.exchange{rest*}",
  ],
  // these say that the way is closed, not that the exchange is set up wrongly
  except: ["no such host", "i/o timeout", "no route to host", "connection refused", "context deadline"],
  confirm: ({ line }) => (meaningOf(line.text) ? { holds: true } : {}),
  says: ({ line }) => {
    const url = /Post \\*"?(https?:\/\/[^\s"\\]{1,200})/.exec(line.text)?.[1];
    const error = /(?:cannot fetch token|code to token|error=\\*"?): ?(.{1,160})/.exec(line.text)?.[1];
    return `Grafana cannot fetch the token${url ? ` from ${url}` : ""}: ${meaningOf(line.text)?.[1] ?? `the login server answers ${(error ?? "with an error").replace(/\\n|\\"/g, " ").trim()}`}`;
  },
  rivals: [
    { rule: "grafana/oauth-state-lost", tellApart: "there the state cookie is missing before any exchange" },
  ],
  decideWith:
    "kubectl exec GRAFANA -- wget -qO- TOKEN_URL; docker exec GRAFANA env | grep GF_AUTH_GENERIC_OAUTH | cut -d= -f1",
  references: [
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/generic-oauth/",
  ],
  fix: (finding) =>
    byHand(
      meanings.find(([, says]) => finding.says.includes(says))?.[2] ??
        "Compare client_id, client_secret, scopes, token_url and root_url with what the login server has registered",
      "In grafana.ini or the GF_AUTH_GENERIC_OAUTH_… variables",
      undefined,
      "safe",
    ),
});

function meaningOf(text: string): readonly [RegExp, string, string] | undefined {
  return meanings.find(([mark]) => mark.test(text));
}
