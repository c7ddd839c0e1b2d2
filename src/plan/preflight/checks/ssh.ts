// The way in: every host answers over ssh, and the login may do what a deployment takes.
import type { PreflightCheck } from "../../../model/preflight.ts";
import { quote, sshTo } from "../answers.ts";

export const check: PreflightCheck = {
  id: "ssh",
  proves: "every host answers over ssh, as a user who may write there",
  looks: ["whoami"],
  judgeAll: ({ stack, sights }) =>
    stack.hosts.flatMap((host) => {
      const sight = sights.get(host.name);
      if (sight === undefined || sight.reached) return [];
      const sleeps = host.absence?.kind === "sleeping";
      return [
        {
          host: host.name,
          state: sleeps ? ("warn" as const) : ("stop" as const),
          says: sleeps
            ? `${host.name} does not answer and is declared as sleeping: it is left out this time (${sight.detail})`
            : `${host.name} (${host.address}) cannot be reached: ${sight.detail}`,
          next: sight.remedy,
        },
      ];
    }),
  judge: ({ host, sight }) => {
    const who = sight.answers.get("whoami");
    const answer = who && "text" in who ? who : undefined;
    const user = /\((.{1,64}?)\)/.exec(answer?.text ?? "")?.[1] ?? "the user of this login";
    const proof = answer ? quote(answer, (line) => line.startsWith("uid=")) : [];
    const { root } = sight.rights;
    if (root === "none")
      return [
        {
          host: host.name,
          state: "stop",
          says: `${user} on ${host.name} is neither root nor allowed to use sudo without a password: files and folders there could not be given to the components' users`,
          proof,
          next: `${sshTo(host)} sudo -n true   # allow it in /etc/sudoers.d, or set ssh.user to another one`,
        },
      ];
    return [
      {
        host: host.name,
        state: "ok",
        says: `${host.name} answers as ${user}${root === "sudo" ? ", who may use sudo" : ""}`,
        proof,
      },
    ];
  },
};
