// The image renderer opens the address that Grafana told it, and finds nobody there.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/renderer-callback-unreachable",
  title: "The image renderer cannot open Grafana at the callback address it is given, so no panel is drawn",
  why: "The renderer is a browser: it opens Grafana at rendering.callback_url (without it at root_url, which is http://localhost:3000/). In a container of its own localhost is the renderer itself, and https towards a Grafana that serves plain http is not understood.",
  severity: "warning",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "none",
  phase: "run",
  from: "any",
  texts: [
    "net::ERR_CONNECTION_REFUSED at http",
    "net::ERR_NAME_NOT_RESOLVED at http",
    "net::ERR_SSL_PROTOCOL_ERROR at https://",
    "net::ERR_CERT_AUTHORITY_INVALID at https://",
  ],
  confirm: ({ line }) => ({ holds: /\/d-solo\/|\/d\/|render=1|\/dashboard/.test(line.text) }),
  says: ({ line }) => {
    const [, fault = "", address = ""] = /net::ERR_(\w+) at (https?:\/\/[^/\s"\\]+)/.exec(line.text) ?? [];
    const where = /SSL_PROTOCOL/.test(fault)
      ? "Grafana answers plain http there: the callback URL has to begin with http://"
      : /CERT_AUTHORITY/.test(fault)
        ? "the renderer does not trust the certificate there"
        : /localhost|127\.0\.0\.1/.test(address)
          ? "in the renderer's container that is the renderer itself"
          : "nothing answers at that name";
    return `The image renderer opens Grafana at ${address} (ERR_${fault}); ${where}. GF_RENDERING_CALLBACK_URL names the address at which the renderer reaches Grafana`;
  },
  decideWith: "docker exec RENDERER wget -qO- CALLBACK_URL/api/health",
  references: [
    "https://grafana.com/docs/grafana/latest/setup-grafana/image-rendering/",
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#callback_url",
  ],
  fix: () =>
    byHand(
      "Set GF_RENDERING_CALLBACK_URL=http://GRAFANA:3000/ ([rendering] callback_url), with the service name and scheme at which the renderer reaches Grafana, and put both on one network",
      "In Grafana's environment, then recreate it",
    ),
});
