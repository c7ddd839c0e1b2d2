// root_url, serve_from_sub_path and the proxy must agree.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/subpath-mismatch",
  title:
    "Grafana behind a sub-path: root_url, serve_from_sub_path and the proxy's rewriting do not fit together",
  why: "Either Grafana or the proxy strips the prefix, not both and not neither. Otherwise the application files are not found or the browser is redirected for ever.",
  severity: "warning",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "unreachable",
  from: "any",
  texts: ["Grafana has failed to load its application files", "ERR_TOO_MANY_REDIRECTS"],
  says: () =>
    "The page does not load behind its sub-path: root_url, serve_from_sub_path and the proxy's path rewriting contradict each other",
  decideWith: "grep -E 'root_url|serve_from_sub_path' grafana.ini; curl -sI http://HOST/grafana/login",
  references: ["https://grafana.com/tutorials/run-grafana-behind-a-proxy/"],
  fix: () => ({
    summary:
      "root_url = https://HOST/grafana/, serve_from_sub_path = true, and a proxy that does not strip the prefix",
    risk: "safe",
    steps: [{ do: "by-hand", title: "In grafana.ini [server]", command: "serve_from_sub_path = true" }],
  }),
});
