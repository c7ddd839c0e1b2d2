// root_url, serve_from_sub_path and the proxy must agree.
import { textRule } from "../../text-rule.ts";

const arriving = /\bpath=(\/[\w./-]*?[\w-])\/public\/build\/\S+ status=404/;

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
  texts: [
    "Grafana has failed to load its application files",
    "ERR_TOO_MANY_REDIRECTS",
    // Grafana knows its application files below /public only, unless it serves from the sub-path itself.
    "path={prefix}/public/build/{file} status=404",
  ],
  confirm: ({ lines }) => {
    const prefix = lines.map(({ text }) => arriving.exec(text)?.[1]).find((found) => found !== undefined);
    return prefix
      ? {
          holds: true,
          says: `Requests reach Grafana with the prefix ${prefix} still in the path (path=${prefix}/public/build/… status=404), and Grafana does not serve from it: set serve_from_sub_path = true with root_url ending in ${prefix}/, or let the proxy strip the prefix (nginx: location ${prefix}/ { proxy_pass http://GRAFANA:3000/; } with the trailing slash)`,
        }
      : { holds: lines.some(({ text }) => !/public\/build/.test(text)) };
  },
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
