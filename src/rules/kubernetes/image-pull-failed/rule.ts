// The image cannot be pulled: which image, and in which of the four ways.
import { textRule } from "../../text-rule.ts";

const reasons: readonly (readonly [RegExp, string, string])[] = [
  [
    /toomanyrequests|rate limit/i,
    "the registry's pull rate limit is reached",
    "Log in to the registry (imagePullSecrets), use a mirror, or wait for the limit to pass",
  ],
  [
    /no match for platform|no matching manifest/i,
    "the image has no variant for the node's architecture",
    "Use a tag that is built for that architecture, or a nodeSelector kubernetes.io/arch",
  ],
  [
    /manifest unknown|manifest for .* not found|not found: manifest|: not found/i,
    "that tag does not exist in the registry",
    "Correct the image name or tag",
  ],
  [
    /repository does not exist|pull access denied|name unknown|insufficient_scope/i,
    "the repository does not exist or is not public",
    "Correct the image's registry and repository, or set imagePullSecrets",
  ],
  [
    /unauthorized|denied|authentication required|no basic auth|401|403/i,
    "the registry refuses the credentials",
    "Create the pull Secret and name it under imagePullSecrets",
  ],
  [
    /no such host|server misbehaving|i\/o timeout|connection refused|timeout|TLS handshake|no route/i,
    "the node cannot reach the registry",
    "Give the node a way to the registry (DNS, proxy, firewall), or use a mirror inside",
  ],
  [
    /x509|certificate/i,
    "the node does not trust the registry's certificate",
    "Add the registry's CA to the container runtime's trust store",
  ],
  [
    /InvalidImageName|couldn't parse image|invalid reference format/i,
    "the image name cannot be parsed",
    "Correct the image reference",
  ],
];

export const rule = textRule({
  id: "kubernetes/image-pull-failed",
  title: "A container image cannot be pulled (ImagePullBackOff)",
  why: "The kubelet asks the container runtime to pull the image before the container can start. A wrong name or tag, missing credentials, a rate limit or an unreachable registry keep the pod in ErrImagePull and ImagePullBackOff for ever.",
  severity: "critical",
  component: "kubernetes",
  layer: "image",
  nature: "cause",
  effect: "down",
  phase: "image",
  from: "any",
  texts: [
    'Failed to pull image "{image}": {error*}',
    'Failed to apply default image tag "{image}": {error*}',
    'Back-off pulling image "{image}"',
    'failed to resolve reference "{image}": {error*}',
    "Error: ErrImageNeverPull",
    'Container image "{image}" is not present with pull policy of Never',
  ],
  recoveredBy: ["Successfully pulled image"],
  confirm: (hit) => {
    const told = hit.lines.findLast((line) =>
      /Failed to pull|failed to resolve|Failed to apply|Never/.test(line.text),
    );
    const image = told?.text.match(/(?:image|reference|tag) \\?"([^"\\]+)/)?.[1] ?? hit.captures.image ?? "";
    if (!told)
      return {
        certainty: "likely",
        holds: true,
        says: `Image ${image} cannot be pulled (ImagePullBackOff); the event with the reason is not in the evidence`,
      };
    const [, why] = reasons.find(([pattern]) => pattern.test(told.text)) ?? [];
    return {
      holds: true,
      says: `Image ${image} cannot be pulled${why ? `: ${why}` : `: ${told.text.slice(0, 200)}`}`,
      proof: told === hit.line ? [] : [{ ...told.at, excerpt: told.text }],
    };
  },
  says: ({ captures }) => `Image ${captures.image} cannot be pulled`,
  rivals: [
    {
      rule: "kubernetes/image-wrong-architecture",
      tellApart: "there the image was pulled and its program does not start (exec format error)",
    },
  ],
  decideWith: "kubectl -n NAMESPACE describe pod POD",
  references: ["https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff"],
  fix: (finding) => ({
    summary:
      reasons.find(([, why]) => finding.says.includes(why))?.[2] ??
      "Correct the image reference or give the node access to the registry",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Try the pull on the node", command: "crictl pull IMAGE" }],
  }),
});
