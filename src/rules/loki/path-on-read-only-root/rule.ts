// Loki's charts make the root file system read-only; a path outside the volumes cannot be created.
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/path-on-read-only-root",
  title: "Loki wants to create a directory on a read-only file system: the path lies on no writable volume",
  why: "The charts set readOnlyRootFilesystem: true, and /etc/loki is a mounted ConfigMap, which is always read-only. A directory of the configuration (rules, compactor, index, chunks) outside of the data volume (/var/loki, /data) cannot be created there, whoever owns what.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: ["mkdir /{path}: read-only file system"],
  except: ["mkdir /wal: read-only file system"],
  uses: ["config.documents"],
  recoveredBy: ["Loki started"],
  confirm(hit, facts, stack) {
    const path = pathOf(hit.line.text);
    if (hit.line.component !== "loki" && !/loki|module:/i.test(hit.line.text)) return { holds: false };
    const named = lokiSettings(facts, stack, hit.component)
      .flatMap(({ paths }) => paths)
      .find((entry) => entry.path === path || entry.path.startsWith(`${path}/`));
    return { holds: true, ...(named ? { proof: [named.at] } : {}) };
  },
  says: ({ line }) => {
    const path = pathOf(line.text);
    const module = /module: ?([\w-]+)/.exec(line.text)?.[1];
    return `Loki may not create ${path}${module ? ` (module ${module})` : ""}: it is on the read-only root file system${path.startsWith("/etc/") ? " or in the mounted ConfigMap" : ""}, and no writable volume is mounted there: put the path below the data volume (/var/loki) or mount one (extraVolumes, extraVolumeMounts: emptyDir)`;
  },
  rivals: [
    {
      rule: "loki/data-directory-not-writable",
      tellApart: "a volume that belongs to another user says permission denied",
    },
  ],
  decideWith: "kubectl get pod POD -o jsonpath='{..readOnlyRootFilesystem}{..volumeMounts}'",
  references: [
    "https://github.com/grafana/helm-charts/issues/577",
    "https://github.com/grafana/helm-charts/issues/537",
  ],
  fix: (finding) => {
    const path = /create (\/\S+)/.exec(finding.says)?.[1] ?? "PATH";
    const summary = `Point the setting that names ${path} below the data volume (/var/loki, /data), or mount a writable volume on it (extraVolumes with emptyDir, extraVolumeMounts mountPath: ${path})`;
    return { summary, risk: "disruptive", steps: [{ do: "by-hand", title: summary }] };
  },
});

function pathOf(text: string): string {
  return /mkdir (\/[^\s":\\]+): read-only/i.exec(text)?.[1] ?? "/";
}
