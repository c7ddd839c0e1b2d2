// SELinux: whether it enforces, and whether the containers that need the engine's socket are let through to it.
import type { PreflightCheck } from "../../../model/preflight.ts";
import { ofHost, proofAt, sshTo } from "../answers.ts";

export const check: PreflightCheck = {
  id: "selinux",
  proves: "SELinux does not stand between the containers and what they read",
  looks: ["selinux"],
  judge: ({ host, wanted, facts }) => {
    const setting = ofHost(facts["host.settings"], host).find(({ name }) => name === "selinux");
    if (setting === undefined) return [{ host: host.name, state: "ok", says: `${host.name} has no SELinux` }];
    const proof = proofAt(setting.at, setting.value);
    if (!/enforcing/i.test(setting.value))
      return [
        {
          host: host.name,
          state: "ok",
          says: `SELinux is ${setting.value.toLowerCase()} on ${host.name}`,
          proof,
        },
      ];
    const confined = wanted.containers.filter(
      ({ mounts, privileged, securityOpt }) =>
        !privileged &&
        mounts.some(({ source }) => /\.sock$/.test(source)) &&
        !securityOpt.some((option) => /^label[=:]disable$/.test(option)),
    );
    if (confined.length > 0)
      return confined.map(({ name }) => ({
        host: host.name,
        state: "stop",
        says: `SELinux enforces on ${host.name}, and ${name} would be denied the engine's socket`,
        proof,
        next: `${sshTo(host)} 'sudo ausearch -m avc -ts recent'   # it takes the option label=disable, which this version does not write for ${name}`,
      }));
    return [
      {
        host: host.name,
        state: "ok",
        says: `SELinux enforces on ${host.name}; our own folders are labelled for containers`,
        proof,
      },
    ];
  },
};
