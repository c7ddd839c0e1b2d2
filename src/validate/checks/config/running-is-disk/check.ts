// A reload that answered 200 may have read an old inode: what the process runs is compared with what lies on disk.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { ConfigDocument } from "../../../../model/config.ts";
import type { Component } from "../../../../model/stack.ts";
import { firstDifference } from "../../../first-difference.ts";
import { noneOf, ofKind } from "../../../subjects.ts";

const kinds = ["prometheus", "alertmanager", "loki"] as const;

export const check = defineCheck({
  id: "config/running-is-disk",
  suite: "config",
  proves: "the configuration a part runs is the one that lies on disk",
  needs: ["config.documents"],
  after: ["pods/ready", "pods/containers-running"],
  hints: ["prometheus/reload-endpoint-off"],
  decideWith: "curl -s http://PROMETHEUS:9090/api/v1/status/config   # beside the file itself",
  absent: ({ stack }) => noneOf(kinds, stack),
  run: ({ stack }) => ofKind(stack, ...kinds).map(judge),
});

function judge(component: Component): VerdictDraft {
  const base = { subject: { kind: "component", id: component.id } as const, component: component.id };
  const own = component.configs.filter((document) => document.kind === component.kind && !document.fragment);
  const running = own.find(({ origin }) => origin === "running");
  const file = own.find((document) => document.origin === "file" && document.value !== undefined);
  if (running && !file && hasNoConfigMap(component)) {
    const says = `${component.id}: its file comes from a Secret or from the image, and neither is read`;
    return { ...base, state: "skip", says, proof: [running.at] };
  }
  if (!running || !file) {
    const lacking = running
      ? "its file was not read"
      : file
        ? "the running configuration was not read"
        : "neither its file nor the running configuration was read";
    return { ...base, state: "unknown", says: `${component.id}: ${lacking}`, proof: [] };
  }
  const difference = firstDifference(file.value, running.value);
  if (!difference)
    return { ...base, state: "pass", says: `${component.id} runs what lies on disk`, proof: [file.at] };
  const proof = [placed(file, difference.pointer), running.at];
  return {
    ...base,
    state: "fail",
    says: `${component.id} does not run what lies on disk: ${difference.says}`,
    proof,
  };
}

/** Values of Secrets are never read, and what lies in an image is its maker's. */
function hasNoConfigMap({ pods, workload }: Component): boolean {
  const specs = [workload?.spec, ...pods.map(({ spec }) => spec)].flatMap((spec) => (spec ? [spec] : []));
  const volumes = specs
    .flatMap((spec) => spec.volumes)
    .filter(({ name }) => !name.startsWith("kube-api-access-"));
  return specs.length > 0 && !volumes.some(({ type }) => type === "configMap" || type === "projected");
}

function placed(document: ConfigDocument, pointer: string): { source: string; line?: number } {
  const line = document.lines[pointer] ?? document.at.line;
  return { source: document.at.source, ...(line === undefined ? {} : { line }) };
}
