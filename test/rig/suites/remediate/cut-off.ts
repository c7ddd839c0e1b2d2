// The ground under a repair goes away in the middle of a step: engine, sshd, network. Afterwards `rollback` restores to the byte.

import { samePicture } from "../../repair/there-and-back.ts";
import { faultParts, isTakenBack, noLock, putFaults, unattended } from "../../repair/two-faults.ts";
import { type Line, watchedRun } from "../../repair/watched-run.ts";
import { contains, type HostsStage, hostsDeed, type Scenario } from "../../scenario.ts";

type Cut = {
  readonly name: string;
  readonly what: string;
  readonly cut: (stage: HostsStage) => Promise<unknown>;
  readonly mend: (stage: HostsStage) => Promise<unknown>;
};

/** The step of this kind is announced and not yet confirmed: whatever it does, it does now. */
const inStep =
  (kind: string) =>
  (fresh: readonly Line[]): boolean =>
    fresh.at(-1)?.what === "intent" && fresh.at(-1)?.kind === kind;

/** The sessions that are open go as well, not only the door. */
const stopSshd =
  "systemctl stop ssh.socket ssh 2>/dev/null; for p in $(pgrep -x sshd); do kill $p; done; true";

const cuts: readonly Cut[] = [
  {
    name: "dockerd",
    what: "the engine is stopped",
    cut: ({ hosts }) => hosts.jenkins1.sh("systemctl stop docker.socket docker"),
    mend: ({ hosts }) => hosts.jenkins1.sh("systemctl start docker && docker start promtail"),
  },
  {
    name: "sshd",
    what: "sshd and its sessions are stopped",
    cut: ({ hosts }) => hosts.jenkins1.sh(stopSshd),
    mend: ({ hosts }) => hosts.jenkins1.sh("systemctl start ssh"),
  },
  {
    name: "network",
    what: "the host's cable is cut",
    cut: ({ operator }) => operator(["ip", "link", "set", "veth-jenkins1", "down"]),
    mend: ({ operator }) => operator(["ip", "link", "set", "veth-jenkins1", "up"]),
  },
];

const kinds = ["recreate-container", "edit-document"] as const;

export const scenarios: readonly Scenario[] = cuts.map(({ name, what, cut, mend }) =>
  hostsDeed({
    name: `repair-cut-${name}`,
    title: `${what} in the middle of a step: the run says so, and rollback restores to the byte`,
    core: false,
    needs: faultParts,
    play: async (stage) => {
      const faults = await putFaults(stage);
      stage.defer(() => mend(stage));
      for (const kind of kinds) {
        const ran = await watchedRun(stage, unattended, { isTime: inStep(kind), deed: () => cut(stage) });
        if (!ran.met) throw new Error(`no step ${kind} was met:\n${ran.said}`);
        await mend(stage);
        // An engine may have finished its part before it went: then the run was whole, and stays so.
        if (ran.code !== 0 && ran.code !== 2) contains(`cut in ${kind}`, ran.said, /jenkins1/);
        await isTakenBack(stage, `cut in ${kind}\n${ran.said}`, faults);
        await noLock(stage, `cut in ${kind}`);
        samePicture("the world", await faults.picture(), faults.faulty);
      }
    },
  }),
);
