// The init container that should repair ownership may not: it is not root, lacks the capability, or the server squashes root.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/chown-init-container-refused",
  title: "The init container that should change the data directory's owner is not permitted to",
  why: "chown needs uid 0 and CAP_CHOWN (and CAP_DAC_OVERRIDE to enter private folders). A pod-level runAsUser or runAsNonRoot applies to init containers too, dropped capabilities take the right away even from root, and an NFS server with root_squash refuses it. The main container never starts.",
  severity: "critical",
  component: "kubernetes",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "init",
  from: "any",
  texts: [
    "chown: {path}: Operation not permitted",
    "chown: changing ownership of {path*}: Operation not permitted",
    "chown: {path}: Permission denied",
    "chown: cannot read directory {path*}: Permission denied",
    "chmod: {path}: Operation not permitted",
    // a snapshot directory of the storage, below the data directory
    "chown: {path}: Read-only file system",
  ],
  uses: ["kubernetes.pods", "kubernetes.volumes"],
  confirm: (_hit, facts) => {
    for (const pod of facts["kubernetes.pods"]) {
      for (const container of pod.spec?.containers ?? []) {
        if (
          !container.init ||
          !/chown|perm|owner/.test(`${container.name} ${(container.command ?? []).join(" ")}`)
        )
          continue;
        const uid = container.security?.runAsUser ?? pod.spec?.security?.runAsUser;
        if (uid !== undefined && uid !== 0)
          return { holds: true, proof: [container.security?.at ?? container.at] };
        if (container.security?.capabilitiesDrop?.some((name) => /ALL|CHOWN/i.test(name)))
          return { holds: true, proof: [container.security.at] };
      }
    }
    const nfs = facts["kubernetes.volumes"].find((volume) => volume.type === "nfs");
    return nfs ? { holds: true, proof: [nfs.at] } : {};
  },
  says: ({ captures, line }) =>
    /chown: \S+: Read-only file system/i.test(line.text)
      ? `chown -R runs into ${(captures.path ?? "a folder").replace(/^['`]|['`]$/g, "")}, which the storage keeps read-only (a snapshot folder of the NFS server): switch the init container off (Grafana chart: initChownData.enabled: false) and let runAsUser and fsGroup fit`
      : `chown of ${(captures.path ?? "the data directory").replace(/^['`]|['`]$/g, "")} is refused: the init container is not root, lacks CAP_CHOWN, or the NFS server squashes root`,
  decideWith:
    "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.securityContext}{.spec.initContainers[*].securityContext}'",
  references: ["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
  fix: () => ({
    summary:
      "Run only the init container as root with CAP_CHOWN (runAsUser: 0, runAsNonRoot: false), or switch it off and use fsGroup (Grafana chart: initChownData.enabled: false)",
    risk: "disruptive",
    steps: [
      { do: "by-hand", title: "See what it runs as", command: "kubectl -n NAMESPACE get pod POD -o yaml" },
    ],
  }),
});
