// Modules of the blackbox exporter: the usual ones, under the names that people know from its example.

export function blackboxConfig(): Readonly<Record<string, unknown>> {
  const http = { preferred_ip_protocol: "ip4" };
  return {
    modules: {
      http_2xx: { prober: "http", timeout: "10s", http },
      http_post_2xx: { prober: "http", timeout: "10s", http: { ...http, method: "POST" } },
      tcp_connect: { prober: "tcp", timeout: "10s", tcp: { preferred_ip_protocol: "ip4" } },
      icmp: { prober: "icmp", timeout: "5s", icmp: { preferred_ip_protocol: "ip4" } },
    },
  };
}

export const blackboxModules = ["http_2xx", "http_post_2xx", "tcp_connect", "icmp"] as const;
