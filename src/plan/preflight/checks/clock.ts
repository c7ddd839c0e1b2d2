// Clocks against each other: samples and log lines of a host whose clock is off are refused, or land in the wrong minute.

import type { HostSight, PreflightCheck } from "../../../model/preflight.ts";
import { sshTo } from "../answers.ts";

/** Seconds. Loki refuses lines that are ten minutes ahead (creation_grace_period), Prometheus samples like it. */
const refused = 600;
const blurred = 5;

type Read = { readonly name: string; readonly clock: { readonly offset: number; readonly doubt: number } };

export const check: PreflightCheck = {
  id: "clock",
  proves: "the clocks of all hosts agree",
  judgeAll: ({ stack, sights }) => {
    const read = stack.hosts.flatMap(({ name }): Read[] => {
      const sight: HostSight | undefined = sights.get(name);
      return sight?.reached && sight.clock ? [{ name, clock: sight.clock }] : [];
    });
    const server = read.find(({ name }) =>
      stack.hosts.some((host) => host.name === name && host.roles.includes("server")),
    );
    const untold = stack.hosts.filter(
      ({ name }) => sights.get(name)?.reached && !read.some((one) => one.name === name),
    );
    return [
      ...untold.map((host) => ({
        host: host.name,
        state: "unknown" as const,
        says: `the clock of ${host.name} could not be read`,
        next: `${sshTo(host)} date +%s`,
      })),
      ...(server ? read.filter((one) => one !== server).map((one) => judged(one, server)) : []),
    ];
  },
};

function judged({ name, clock }: Read, server: Read) {
  const difference = clock.offset - server.clock.offset;
  const doubt = clock.doubt + server.clock.doubt;
  const size = Math.abs(difference);
  const words = `${size.toFixed(1)} s ${difference < 0 ? "behind" : "ahead of"} that of ${server.name}, give or take ${doubt.toFixed(1)} s`;
  const proof = [
    {
      source: `${name}: date +%s.%N`,
      excerpt: `${clock.offset.toFixed(3)} s against the machine watchmend runs on`,
    },
    {
      source: `${server.name}: date +%s.%N`,
      excerpt: `${server.clock.offset.toFixed(3)} s against the machine watchmend runs on`,
    },
  ];
  const next = `ssh ${name} 'timedatectl; chronyc -n tracking'   # let chrony or systemd-timesyncd keep it`;
  if (size - doubt > refused)
    return {
      host: name,
      state: "stop" as const,
      says: `the clock of ${name} is ${words}: Loki and Prometheus would refuse what it sends`,
      proof,
      next,
    };
  if (size - doubt > blurred)
    return {
      host: name,
      state: "warn" as const,
      says: `the clock of ${name} is ${words}: events of both cannot be put in order`,
      proof,
      next,
    };
  return {
    host: name,
    state: "ok" as const,
    says: `the clock of ${name} agrees with that of ${server.name} (within ${(size + doubt).toFixed(1)} s)`,
    proof,
  };
}
