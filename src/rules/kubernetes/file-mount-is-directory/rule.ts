// subPath names a key that the ConfigMap does not have: the kubelet makes an empty directory of that name.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/file-mount-is-directory",
  title:
    "A configuration file is a directory inside the pod: its subPath names a key the ConfigMap or Secret does not have (or a hostPath that is a directory)",
  why: "A mount with subPath whose file does not exist in the volume gets an empty directory of that name. The key was renamed or left out of the ConfigMap, the ConfigMap was recreated without it, or mountPath names a file while the volume is a whole directory. The program reads it and gets `is a directory`.",
  severity: "critical",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: "any",
  texts: ["read {file}: is a directory", "open {file}: is a directory", "{file}: is a directory"],
  uses: ["kubernetes.pods", "kubernetes.objects"],
  unconfirmed: "silent",
  confirm: (hit) => {
    const { line, component } = hit;
    const file =
      /(?:read|open) \\?"?(\/[^\s":]{1,300}\.(?:ya?ml|json|ini|conf|toml|rules|alloy|river))\\?"?: is a directory/.exec(
        line.text,
      )?.[1];
    const inPod = line.pod !== undefined || (component?.pods.length ?? 0) > 0;
    if (!file || !inPod) return {};
    const name = file.split("/").at(-1) ?? file;
    const mount = component?.pods
      .flatMap((pod) => pod.spec?.containers ?? [])
      .flatMap(({ mounts }) => mounts ?? [])
      .find(({ mountPath }) => mountPath === file);
    return {
      holds: true,
      certainty: "likely",
      says: `${file} is a directory inside the pod of ${component?.name ?? line.pod}, not a file: ${mount?.subPath ? `subPath ${mount.subPath} of volume ${mount.name}` : `the mount's subPath`} names a key (${name}) that the ConfigMap does not have, or the mountPath of a whole volume ends in the file's name`,
    };
  },
  says: ({ line }) => line.text,
  rivals: [
    { rule: "docker/bind-source-became-directory", tellApart: "there Docker made the directory on its host" },
    {
      rule: "kubernetes/config-volume-missing",
      tellApart: "there the whole ConfigMap is missing and the pod does not start",
    },
  ],
  decideWith:
    "kubectl get configmap NAME -o jsonpath='{.data}' | head -c 300; kubectl get pod POD -o yaml | grep -B2 -A2 subPath",
  references: ["https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath"],
  fix: (finding) => {
    const key = /key \(([^)]+)\)/.exec(finding.says)?.[1] ?? "KEY";
    return byHand(
      `Add the key ${key} to the ConfigMap (kubectl create configmap NAME --from-file=${key}=FILE --dry-run=client -o yaml | kubectl apply -f -) or correct subPath, and delete the pod`,
      "Compare subPath with the keys of the ConfigMap",
      "kubectl get configmap NAME -o yaml",
    );
  },
});
