// Versions against each other: what has ended, what is too old for these files, which agent fits which engine.
import { agentWindows, engineApis, releases } from "../model/compatibility.ts";
import { secondsOf } from "../model/duration.ts";
import { isAtLeast, isBefore } from "../model/semver.ts";
import type { StackComponent, StackHost } from "../model/stack-file.ts";
import type { Check } from "./check.ts";
import type { Draft } from "./fault.ts";

export const checkVersions: Check = function* (stack) {
  for (const component of stack.components) {
    const { kind, version } = component;
    const release = releases[kind];
    const path = ["components", kind, "version"];
    if (isBefore(version, release.oldest) === true)
      yield {
        path,
        says: `${version} is older than what these files are written for`,
        write: `version: ${release.pinned} (at least ${release.oldest})`,
      };
    if (release.ended && isAtLeast(version, release.ended.in) === true)
      yield {
        path,
        says: `there is no ${kind} ${version}`,
        why: release.ended.because,
        write: `version: ${release.pinned}`,
      };
    else if (release.ended)
      yield {
        path: ["components", kind],
        says: release.ended.because,
        write: "logs:\n  agent: alloy",
        note: true,
      };
    if (kind === "loki" && secondsOf(component.retention?.time ?? "30d") < 86_400)
      yield {
        path: ["components", "loki", "retention", "time"],
        says: `${component.retention?.time} is less than a day`,
        why: "Loki refuses a retention below 24h",
        write: "time: 24h",
      };
    for (const host of stack.hosts) {
      const fault = host.components.includes(kind) ? engineFault(component, host) : undefined;
      if (fault) yield fault;
    }
  }
};

function engineFault({ kind, version }: StackComponent, host: StackHost): Draft | undefined {
  if (host.engine === undefined || host.runtime !== "docker") return undefined;
  const engine = engineApis.find((one) => isAtLeast(host.engine, one.engine) === true);
  if (!engine) return undefined;
  const window = agentWindows.find(
    (one) =>
      one.component === kind &&
      (one.from === undefined || isAtLeast(version, one.from) === true) &&
      (one.below === undefined || isBefore(version, one.below) === true),
  );
  if (!window) return undefined;
  const tooOld = window.needsApi !== undefined && engine.api < window.needsApi;
  const tooNew = window.speaksApi !== undefined && engine.oldestApi > window.speaksApi;
  if (!tooOld && !tooNew) return undefined;
  return {
    path: ["components", kind, "version"],
    says: `${kind} ${version} cannot talk to Docker ${host.engine} on ${host.name}`,
    why: tooOld
      ? `it needs API 1.${window.needsApi}, and this engine speaks 1.${engine.api} at most`
      : `it speaks API 1.${window.speaksApi} at most, and this engine accepts 1.${engine.oldestApi} at least`,
    write: window.remedy,
  };
}
