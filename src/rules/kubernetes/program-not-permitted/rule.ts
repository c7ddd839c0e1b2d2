// execve itself is refused: EPERM before the program's first instruction.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/program-not-permitted",
  title:
    "The container's program may not be executed (operation not permitted): it carries a capability that the container drops",
  why: "A binary with file capabilities (setcap cap_net_bind_service=+ep, as some images of Loki, Grafana Agent and node tools have) cannot be executed when the container's bounding set lacks that capability: capabilities.drop: [ALL], or a Pod Security Policy with requiredDropCapabilities. The kernel answers EPERM to execve. Seccomp and AppArmor profiles that forbid execve give the same words.",
  severity: "critical",
  component: "kubernetes",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "init",
  from: "any",
  texts: [
    'exec user process caused "operation not permitted"',
    "exec user process caused: operation not permitted",
    "exec {path}: operation not permitted",
  ],
  uses: ["kubernetes.pods"],
  confirm: (hit) => {
    const security = hit.component?.container?.security;
    return security?.capabilitiesDrop?.some((name) => /^all$/i.test(name))
      ? { holds: true, proof: [security.at] }
      : {};
  },
  says: ({ component, line }) =>
    `The program of ${component?.name ?? line.pod ?? "the container"} may not be executed (exec: operation not permitted): its file has a capability (setcap) that the container's securityContext or pod security policy drops (capabilities.drop: [ALL])`,
  rivals: [
    {
      rule: "kubernetes/image-wrong-architecture",
      tellApart: "another architecture says exec format error",
    },
  ],
  decideWith:
    "kubectl get pod POD -o jsonpath='{..securityContext}'; docker run --rm --entrypoint getcap IMAGE -r /usr/bin",
  references: [
    "https://github.com/grafana/loki/issues/2115",
    "https://man7.org/linux/man-pages/man7/capabilities.7.html",
  ],
  fix: () =>
    byHand(
      "Use another release of the image, whose binary has no file capabilities; or add the capability back (securityContext.capabilities.add: [NET_BIND_SERVICE], and allow it in the pod security policy)",
      "In the chart's values or the pod template",
      "kubectl get psp,podsecuritypolicy -o yaml | grep -A3 requiredDropCapabilities",
    ),
});
