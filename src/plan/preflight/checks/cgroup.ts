// The version of control groups, which decides what cAdvisor can see.
import type { PreflightCheck } from "../../../model/preflight.ts";
import { isBefore } from "../../../model/semver.ts";
import { answered, quote } from "../answers.ts";

/** Before it, containers have no names on cgroup v2: https://github.com/google/cadvisor/issues/3062 */
const readsVersion2 = "0.39.0";

export const check: PreflightCheck = {
  id: "cgroup",
  proves: "the pinned cAdvisor reads this version of control groups",
  looks: ["cgroups"],
  judge: (input) => {
    const { host, stack } = input;
    if (!host.components.includes("cadvisor")) return [];
    const read = answered(input, "cgroups", `the version of control groups on ${host.name}`);
    if ("draft" in read) return [{ ...read.draft, state: "warn" }];
    const isVersion2 = /cgroup2fs/.test(read.answer.text);
    const version = isVersion2 ? "2" : "1";
    const proof = quote(read.answer, (line) => line.trim() !== "");
    const cadvisor = stack.components.find(({ kind }) => kind === "cadvisor");
    if (isVersion2 && isBefore(cadvisor?.version, readsVersion2) === true)
      return [
        {
          host: host.name,
          state: "warn",
          says: `cAdvisor ${cadvisor?.version} gives containers no names on ${host.name}, which has version 2 of control groups`,
          proof,
          next: `pin cAdvisor ${readsVersion2} or later (components.cadvisor.version)`,
        },
      ];
    return [
      { host: host.name, state: "ok", says: `${host.name} has version ${version} of control groups`, proof },
    ];
  },
};
