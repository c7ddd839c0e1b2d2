// The connections the stack lives from, tried from the side that needs them.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Dial } from "../../../../model/host.ts";

export const check = defineCheck({
  id: "agents/reachable",
  suite: "agents",
  proves: "every connection that was tried from the side that needs it was established",
  needs: ["host.dials"],
  after: ["dns/names-resolve"],
  hints: [
    "host/firewall-blocks-port",
    "docker/port-not-published",
    "docker/published-on-loopback",
    "host/nothing-listens",
  ],
  decideWith: "curl -v --max-time 5 http://HOST:PORT/metrics   # from inside the consumer's network",
  absent: () => undefined,
  run: ({ facts }) =>
    facts["host.dials"]
      .filter(({ tool, targetPort }) => tool !== "log" && targetPort !== undefined)
      .map(judge),
});

const words: Readonly<Record<string, string>> = {
  refused: "the connection is refused",
  timeout: "no answer, packets are dropped or the other side hangs",
  "no-route": "no route to the host",
  "network-unreachable": "the network is unreachable",
  nxdomain: "the name does not exist",
  "dns-failure": "the name server did not answer",
  reset: "the connection is reset",
  tls: "the TLS handshake fails",
  "empty-reply": "the other side closes without an answer",
  "other-error": "it fails",
};

function judge(dial: Dial): VerdictDraft {
  const from = dial.fromPod ?? dial.fromContainer ?? dial.fromHost ?? "where it was tried";
  const to = `${dial.targetHost ?? dial.target}:${dial.targetPort}`;
  const base = { subject: { kind: "link", id: `${from} → ${to}` } as const, proof: [dial.at] };
  // an HTTP status of any kind shows that the connection stands; what it says is another check's business
  if (dial.outcome === "connected" || dial.outcome === "http-error")
    return { ...base, state: "pass", says: `${from} reaches ${to}` };
  return {
    ...base,
    state: "fail",
    says: `${from} does not reach ${to}: ${words[dial.outcome] ?? dial.outcome}`,
  };
}
