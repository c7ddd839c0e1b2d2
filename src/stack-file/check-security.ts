// Protection that would be undone by another line of the file, and hosts whose metrics nobody could read.
import { pushedKinds, pusherOf } from "../model/reachability.ts";
import type { Check } from "./check.ts";

export const checkSecurity: Check = function* (stack, { input }) {
  const { security } = stack;
  const cadvisor = stack.components.find(({ kind }) => kind === "cadvisor");
  if (security && cadvisor?.listen !== undefined && !/^(?:127\.|::1$|localhost$)/.test(cadvisor.listen))
    yield {
      path: ["components", "cadvisor", "listen"],
      says: `${cadvisor.listen} would show what cAdvisor measures to everybody`,
      why: "it knows neither TLS nor passwords, so with security: it is read on 127.0.0.1 by an agent of its host",
      write: "no listen for cadvisor",
    };
  for (const host of stack.hosts) {
    const kinds = pushedKinds(stack, host);
    if (kinds.length === 0 || pusherOf(host) !== undefined) continue;
    const isNat = host.absence?.kind === "behind-nat";
    yield {
      path: isNat ? ["hosts", host.name, "absence"] : ["components", "cadvisor"],
      near: ["security"],
      says: `nobody could read ${kinds.join(", ")} of ${host.name}`,
      why: `${isNat ? "the server cannot scrape it" : "it listens on 127.0.0.1 only"}, and neither Alloy nor Prometheus in agent mode runs there`,
      write: "components:\n  prometheus-agent:\n    enabled: true",
    };
  }
  if (security?.basicAuth && !security.tls)
    yield {
      path: ["security", "basic_auth"],
      says: "the password crosses the network in the clear, and Loki takes what anybody pushes",
      why: "there is no TLS, and Loki knows no passwords",
      write: "security:\n  tls: true",
      note: true,
    };
  if (input.security && !security)
    yield { path: ["security"], says: "protects nothing", write: "tls: true, basic_auth:, or no security:" };
};
