// The sidecar watches the configuration and not the folder of the rules.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { repair } from "../../change-configuration.ts";
import { changeObject, containerAt, type ObjectFacts } from "../../change-object.ts";
import { splitName } from "../../change-selector.ts";

export const rule = defineRule({
  id: "config-reloader/rules-not-watched",
  title:
    "The config-reloader does not watch a folder that Prometheus loads (rules), so a change there is never loaded",
  why: "The sidecar reloads Prometheus when a file changes that it sees: --config-file and each --watched-dir, through its own volume mounts. Rules in another ConfigMap that is mounted into Prometheus only are not noticed; the new rules wait for the next restart.",
  severity: "notice",
  component: "config-reloader",
  layer: "config",
  nature: "cause",
  effect: "none",
  needs: [],
  needsAny: ["kubernetes.workloads", "kubernetes.pods"],
  uses: ["config.documents", "kubernetes.objects"],
  decideWith:
    "kubectl get pod POD -o jsonpath='{.spec.containers[*].args}{.spec.containers[*].volumeMounts}'",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/tree/main/cmd/prometheus-config-reloader",
  ],
  check(facts) {
    const owners = [
      ...facts["kubernetes.workloads"],
      ...facts["kubernetes.pods"].filter(({ ownerName }) => ownerName === undefined),
    ];
    return owners.flatMap((owner): FindingDraft[] => {
      const containers = owner.spec?.containers.filter(({ init }) => !init) ?? [];
      const reloader = containers.find(({ image }) => /config-?reload/.test(image ?? ""));
      const prometheus = containers.find(({ image }) => /\/prometheus(?::|@|$)/.test(image ?? ""));
      if (!reloader || !prometheus || !owner.spec) return [];
      const words = [...(reloader.args ?? []), ...(reloader.command ?? [])];
      const watched = words.flatMap((word) => /^--?(?:watched-dir|volume-dir)=(.+)$/.exec(word)?.[1] ?? []);
      const config = words.map((word) => /^--?config-file=(.+)$/.exec(word)?.[1]).find(Boolean);
      const folders = [...watched, ...(config ? [config.replace(/\/[^/]*$/, "")] : [])];
      const seen = (reloader.mounts ?? []).filter(({ mountPath }) =>
        folders.some(
          (folder) =>
            folder === mountPath ||
            folder.startsWith(`${mountPath}/`) ||
            mountPath === folder.replace(/\/$/, ""),
        ),
      );
      const volumes = new Set(seen.map(({ name }) => name));
      const missed = (prometheus.mounts ?? []).find(({ name }) => {
        const volume = owner.spec?.volumes.find((candidate) => candidate.name === name);
        return volume?.type === "configMap" && !volumes.has(name);
      });
      if (!missed || folders.length === 0) return [];
      return [
        {
          subject: { kind: "object", id: `${owner.namespace ? `${owner.namespace}/` : ""}${owner.name}` },
          says: `${reloader.name} does not watch volume ${missed.name} (${missed.mountPath} in Prometheus): changes there are not loaded before the next restart`,
          proof: [missed.at, reloader.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding, facts) =>
    repair("Let the reloader watch the rules too", "disruptive", watchToo(finding, facts)) ??
    byHand("Mount the volume into the reloader too and add --watched-dir=PATH for it", "In the pod template"),
});

function watchToo(
  { says, subject }: FindingDraft,
  facts: ObjectFacts & Pick<Facts, "kubernetes.workloads">,
): readonly Step[] {
  const [, container, volume, folder] = /^(\S+) does not watch volume (\S+) \((\S+) in/.exec(says) ?? [];
  const { name } = splitName(subject.id);
  const owner = facts["kubernetes.workloads"].find((one) => one.name === name);
  if (!owner || folder === undefined) return [];
  return changeObject(facts, owner, `Let ${container} watch ${folder}`, (value) => {
    const at = containerAt(value, container);
    if (!at) return [];
    return [
      { op: "append", path: [...at, "args"], value: `--watched-dir=${folder}` },
      { op: "append", path: [...at, "volumeMounts"], value: { name: volume, mountPath: folder } },
    ];
  });
}
