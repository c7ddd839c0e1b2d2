// A short name is completed by a search domain with a wildcard: the packets go to a stranger.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/name-resolves-through-search-domain",
  title: "A short service name resolves to a foreign address through a DNS search domain (wildcard)",
  why: "A name without dots is tried with each search domain of /etc/resolv.conf. Where such a domain has a wildcard record (or is a new top-level domain: 127.0.53.53 marks a name collision), `cadvisor` becomes cadvisor.example.com and a public address answers instead of the container.",
  severity: "warning",
  component: "prometheus",
  layer: "dns",
  nature: "cause",
  effect: "no-data-in",
  from: "any",
  texts: ["://{host}:{port#}{path*}: dial tcp {ip}:{dialled#}: {error*}", "dial tcp 127.0.53.53:{port#}"],
  confirm: (hit) => {
    const text = hit.line.text;
    const match = text.match(/:\/\/([a-zA-Z0-9_-]+):(\d+)[^\s"\\]*\\*"?: dial tcp (\d+\.\d+\.\d+\.\d+):\2\b/);
    const ip = match?.[3] ?? text.match(/dial tcp (127\.0\.53\.53)/)?.[1];
    if (!ip || !isForeign(ip)) return { holds: false };
    // The service network of a cluster may be any; and a stranger on the internet is never without a route.
    const ofCluster = hit.line.pod !== undefined || (hit.component?.pods.length ?? 0) > 0;
    if (ip !== "127.0.53.53" && (ofCluster || /no route to host/.test(text))) return { holds: false };
    const name = match?.[1];
    return {
      holds: true,
      certainty: ip === "127.0.53.53" ? "proven" : "likely",
      says: `${name ? `"${name}"` : "The target's name"} resolves to ${ip}, ${ip === "127.0.53.53" ? "ICANN's marker for a name collision" : "a public address and none of the container network"}: a search domain with a wildcard record in /etc/resolv.conf answers before the container's own name`,
    };
  },
  unconfirmed: "silent",
  says: ({ line }) => line.text,
  decideWith: "docker exec PROMETHEUS cat /etc/resolv.conf; docker exec PROMETHEUS nslookup NAME",
  references: [
    "https://github.com/vegasbrianc/prometheus/issues/22",
    "https://github.com/prometheus/prometheus/issues/2214",
  ],
  fix: () => ({
    summary:
      "Remove the search domain from the container (dns_search: . in compose, dnsConfig in a pod), or write the full name or address in the target",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "See the search list", command: "docker exec PROMETHEUS cat /etc/resolv.conf" },
    ],
  }),
});

/** No address a container, a pod or a LAN has. */
function isForeign(ip: string): boolean {
  if (ip === "127.0.53.53") return true;
  const [a = 0, b = 0] = ip.split(".").map(Number);
  const isPrivate =
    a === 10 ||
    a === 127 ||
    a === 0 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 198 && (b === 18 || b === 19)) ||
    a >= 224;
  return !isPrivate;
}
