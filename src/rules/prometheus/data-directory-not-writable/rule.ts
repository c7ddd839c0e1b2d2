// The first thing Prometheus writes is refused: whose directory is it, and who runs the process?
import { confirmNotWritable, giveBack, handOver, startAgain } from "../../data-directory-text.ts";
import { textRule } from "../../text-rule.ts";

const texts = [
  "lock DB directory: open {path}/lock: permission denied",
  "open DB in {folder}: open {path}: permission denied",
  "Error opening query log file…open {path}/queries.active: permission denied",
  "open {path}/queries.active: permission denied",
  "mkdir {path}/wal: permission denied",
  "open {path}/wal/{segment}: permission denied",
];

export const rule = textRule({
  id: "prometheus/data-directory-not-writable",
  title: "Prometheus' data directory is not writable for the user it runs as",
  why: "Prometheus writes a lock file and the query log before anything else. Whether it may is decided by numbers: if the process's uid owns the directory the owner bits alone decide, else its groups, else the rest. fsGroup is not applied to hostPath volumes, and an init container that repaired the owner runs once per pod, not once per container restart.",
  severity: "critical",
  component: "prometheus",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts,
  uses: ["kubernetes.claims", "kubernetes.volumes", "host.files", "ansible.files"],
  recoveredBy: ["Server is ready to receive web requests", "TSDB started"],
  confirm: (hit, facts) => confirmNotWritable(hit.component, hit.captures.path ?? "/prometheus", facts),
  says: ({ captures }) =>
    `Prometheus may not write ${captures.path ?? "its data directory"}: its owner or mode does not fit the uid of the process`,
  explains: [
    {
      rule: "prometheus/data-directory-taken-away",
      via: "same-component",
      mechanism: "it is the same directory: between two attempts to start the container counts as running",
    },
  ],
  rivals: [
    {
      rule: "host/selinux-denies-access",
      tellApart:
        "SELinux refuses with the same words; owner and mode would be right and the kernel would log a denial",
      decideWith: "ausearch -m avc -ts recent   # on the node",
    },
  ],
  decideWith: "stat -c '%u:%g %a %n' DATA_DIRECTORY   # on the node or host",
  references: [
    "https://github.com/prometheus/prometheus/issues/5976",
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
    "https://kubernetes.io/docs/concepts/workloads/pods/init-containers/",
  ],
  fix(finding, facts, stack) {
    const component = stack.components.find((candidate) => candidate.id === finding.component);
    const target = giveBack(finding, component, "/prometheus", facts);
    if (!target || !component) return undefined;
    return {
      summary: `Give ${target.hostPath} back to ${target.uid}:${target.uid}${handOver(target.hostPath, target.uid, facts).length > 0 ? ", in the playbook too" : ""}`,
      risk: "disruptive",
      steps: [
        {
          do: "set-owner",
          title: `Owner of ${target.hostPath}`,
          ...target.host,
          path: target.hostPath,
          uid: target.uid,
          gid: target.uid,
          ...target.below,
        },
        ...handOver(target.hostPath, target.uid, facts),
        startAgain(component, "Start it again"),
      ],
    };
  },
});
