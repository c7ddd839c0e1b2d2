// Podman's containers are cgroups without names as long as cAdvisor does not speak with Podman's API.
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "dial unix {socket} connect: permission denied",
  "podman.sock: connect: permission denied",
  "podman.sock: connect: no such file or directory",
  "podman.sock: connect: connection refused",
  "dial unix {path}podman.sock: {error*}",
  "Registration of the podman container factory failed",
];
const patterns = texts.map(compilePattern);

const factory = /container factory failed|validate Podman info/i;

export const rule = defineRule({
  id: "cadvisor/podman-not-connected",
  title: "Podman's containers have no name in the metrics: the agent cannot reach Podman's API socket",
  why: "Podman has no daemon and no /var/run/docker.sock. Its API answers on /run/podman/podman.sock (root) or /run/user/UID/podman/podman.sock (rootless), only while podman.socket is enabled. Without it cAdvisor reports the cgroups `libpod-….scope` and knows neither name nor image; a rootless socket or SELinux answers permission denied.",
  severity: "warning",
  component: "cadvisor",
  layer: "runtime",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  needs: [],
  needsAny: ["metrics.samples", "text.lines"],
  uses: ["docker.containers", "docker.engines", "host.units"],
  texts,
  rivals: [
    { rule: "promtail/docker-socket-forbidden", tellApart: "there the socket is Docker's" },
    { rule: "host/selinux-denies-access", tellApart: "there the kernel logs a denial (avc) for the socket" },
  ],
  decideWith: "systemctl status podman.socket; ls -lZ /run/podman/podman.sock; getenforce",
  references: [
    "https://github.com/google/cadvisor/issues/2424",
    "https://github.com/containers/prometheus-podman-exporter/issues/382",
    "https://docs.podman.io/en/latest/markdown/podman-system-service.1.html",
  ],
  check(facts, stack) {
    const lines = facts["text.lines"].filter((line) => matches(patterns, line) && /podman/i.test(line.text));
    const samples = facts["metrics.samples"].filter(({ name }) => /^container_/.test(name));
    const ofPodman = samples.filter(({ labels }) => /libpod-[0-9a-f]/.test(labels.id ?? ""));
    const nameless = ofPodman.filter(({ labels }) => !labels.name);
    const isBlind = nameless.length > 0 && nameless.length === ofPodman.length;
    const units = facts["host.units"].filter(({ name }) => name === "podman.socket");
    const usesPodman =
      ofPodman.length > 0 ||
      units.length > 0 ||
      facts["docker.engines"].some(({ isPodman }) => isPodman) ||
      facts["text.lines"].some((entry) => /prometheus-podman-exporter|libpod-[0-9a-f]{12}/.test(entry.text));
    // cAdvisor tries every runtime it knows at start; on a host without Podman that refusal means nothing
    const line = lines.findLast((entry) => usesPodman || !factory.test(entry.text));
    if (!line && !isBlind) return [];
    const isUsed =
      isBlind ||
      facts["docker.engines"].some(({ isPodman }) => isPodman === true) ||
      facts["host.units"].some(({ name }) => /^podman/.test(name)) ||
      stack.components.some(({ args }) => args.some(({ text }) => /^--?podman[= ]/.test(text)));
    // on a Docker host cAdvisor looks for Podman in vain, says so, and nothing is missing
    const isOnlyLooking = lines.every(
      ({ text }) => /Registration of the podman/.test(text) && !/permission denied/.test(text),
    );
    if (!isUsed && isOnlyLooking) return [];
    const component = stack.components.find(
      ({ kind, id }) => kind === "cadvisor" || (line?.component !== undefined && id.includes(line.component)),
    );
    const socket = units.find(({ active }) => active !== undefined && active !== "active");
    const path = line?.text.match(/(\/\S*podman\.sock)/)?.[1] ?? "/run/podman/podman.sock";
    const reason = /permission denied/.test(line?.text ?? "")
      ? `${path} refuses it (permission denied: another user's rootless socket, or SELinux)`
      : /no such file|connection refused/.test(line?.text ?? "") || socket
        ? `nobody serves ${path} (podman.socket is not running or not mounted)`
        : "it is not connected to Podman's socket (--podman=unix:///run/podman/podman.sock)";
    const proof: ProofDraft[] = [
      ...(line ? [{ ...line.at, excerpt: line.text }] : []),
      ...(isBlind && nameless[0] ? [{ ...nameless[0].at }] : []),
      ...(socket ? [{ ...socket.at }] : []),
    ];
    const finding: FindingDraft = {
      subject: { kind: "component", id: component?.id ?? "cadvisor" },
      ...(component ? { component: component.id } : {}),
      says: `${component?.name ?? "The agent"} gets no names of Podman's containers${isBlind ? " (only libpod-….scope cgroups without name and image)" : ""}: ${reason}`,
      proof,
      certainty: line || socket ? "proven" : "likely",
      ...(line?.timeMs === undefined ? {} : { timeMs: line.timeMs }),
    };
    return [finding];
  },
  fix: () =>
    byHand(
      "systemctl enable --now podman.socket (rootless: systemctl --user enable --now podman.socket), mount the socket, start cAdvisor (0.50 or newer) with --podman=unix:///run/podman/podman.sock and security_opt: label=disable where SELinux is enforcing; or use prometheus-podman-exporter",
      "On the Podman host",
      "systemctl enable --now podman.socket",
    ),
});
