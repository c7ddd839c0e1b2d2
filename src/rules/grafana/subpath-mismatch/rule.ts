// root_url, serve_from_sub_path and the proxy must agree.
import type { Place } from "../../../model/place.ts";
import type { Stack } from "../../../model/stack.ts";
import { textRule } from "../../text-rule.ts";

const arriving = /\bpath=(\/[\w./-]*?[\w-])\/public\/build\/\S+ status=404/;

/** What the environment of Grafana's container says of its sub-path. */
function subPathOf(stack: Stack): { prefix: string; serves: boolean; at: Place } | undefined {
  for (const { kind, docker, container } of stack.components) {
    if (kind !== "grafana") continue;
    const env = docker?.env ?? docker?.declared?.env ?? container?.env ?? [];
    const root = env.find(({ name }) => name === "GF_SERVER_ROOT_URL");
    const prefix = /^[^/]*\/\/[^/]+(\/[\w./-]*[\w-])\/?$/.exec(root?.value ?? "")?.[1];
    if (!root || !prefix) continue;
    const serves = env.find(({ name }) => name === "GF_SERVER_SERVE_FROM_SUB_PATH")?.value;
    return { prefix, serves: /^true$/i.test(serves ?? ""), at: root.at };
  }
  return undefined;
}

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
    // The login page is sent to itself.
    "path={prefix}/login status=302",
  ],
  uses: ["docker.containers"],
  confirm: ({ lines }, _facts, stack) => {
    const set = subPathOf(stack);
    if (set && !set.serves) {
      const unstripped = lines.find(({ text }) => text.includes(`path=${set.prefix}/`));
      const seen = unstripped ?? lines.find(({ text }) => !/ status=/.test(text));
      if (seen)
        return {
          holds: true,
          certainty: unstripped ? "proven" : "likely",
          proof: [set.at],
          says: `root_url ends in ${set.prefix}, serve_from_sub_path is not set, and ${unstripped ? `requests reach Grafana with ${set.prefix} still in the path` : "the browser is redirected for ever"}: set serve_from_sub_path = true (GF_SERVER_SERVE_FROM_SUB_PATH=true), or let the proxy strip ${set.prefix}`,
        };
    }
    const prefix = lines.map(({ text }) => arriving.exec(text)?.[1]).find((found) => found !== undefined);
    return prefix
      ? {
          holds: true,
          says: `Requests reach Grafana with the prefix ${prefix} still in the path (path=${prefix}/public/build/… status=404), and Grafana does not serve from it: set serve_from_sub_path = true with root_url ending in ${prefix}/, or let the proxy strip the prefix (nginx: location ${prefix}/ { proxy_pass http://GRAFANA:3000/; } with the trailing slash)`,
        }
      : { holds: lines.some(({ text }) => !/public\/build| status=302/.test(text)) };
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
