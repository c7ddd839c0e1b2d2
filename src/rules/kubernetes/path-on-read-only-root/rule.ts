// A program writes to a path that no volume covers, in a container whose root is read-only.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/path-on-read-only-root",
  title: "The container's root file system is read-only, and a path the program writes to is on no volume",
  why: "readOnlyRootFilesystem: true (or read_only: true) leaves only volumes writable. A data, cache or temporary path outside of them ends with `read-only file system`; an emptyDir at that path, or another path in the configuration, is what is missing.",
  severity: "critical",
  component: "kubernetes",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  from: "any",
  texts: [
    "mkdir {path}: read-only file system",
    "open {path}: read-only file system",
    "create {path}: read-only file system",
  ],
  uses: ["kubernetes.pods"],
  unconfirmed: "silent",
  confirm: (hit) => {
    // Loki's own rules know which of its settings the path comes from
    if (hit.component?.kind === "loki" || hit.line.component === "loki" || !hit.component)
      return { holds: false };
    const path = /(?:mkdir|open|create) (\/[^\s":]+): read-only/i.exec(hit.line.text)?.[1] ?? "";
    const { container } = hit.component;
    const security = container?.security;
    const isCovered = container?.mounts?.some(
      ({ mountPath }) => path === mountPath || path.startsWith(`${mountPath.replace(/\/$/, "")}/`),
    );
    if (!security?.readOnlyRootFilesystem || isCovered || !path.startsWith("/")) return {};
    return {
      holds: true,
      proof: [security.at],
      says: `${hit.component.name} may not write ${path}: readOnlyRootFilesystem is true and no volume is mounted there (mount an emptyDir or claim on ${path.split("/").slice(0, -1).join("/") || path})`,
    };
  },
  says: ({ line }) =>
    `${/(?:mkdir|open|create) (\S+): read-only/i.exec(line.text)?.[1] ?? "A path"} is on a read-only file system`,
  decideWith: "kubectl get pod POD -o jsonpath='{..readOnlyRootFilesystem}{..volumeMounts}'",
  references: ["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
  fix: () =>
    byHand(
      "Mount an emptyDir (temporary) or a claim (data) on that path, or point the setting to a path that is mounted",
      "In the pod template",
    ),
});
