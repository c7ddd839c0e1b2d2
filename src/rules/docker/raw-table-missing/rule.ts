// Docker 28 and newer write into the iptables raw table, which some kernels lack.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/raw-table-missing",
  title: "Docker 28 or newer needs the iptables raw table, which this kernel does not have",
  why: "Since 28.0 dockerd protects container addresses by rules in raw PREROUTING. Kernels of NAS boxes and some ARM boards are built without iptable_raw, so containers with published ports cannot start after the upgrade.",
  severity: "critical",
  component: "docker",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "can't initialize iptables table `raw'",
    "iptables --wait -t raw…does not exist",
    "iptables --wait -t raw…No chain/target/match",
    "iptables --wait -t raw…Table does not exist",
    "iptables…-t raw…failed",
  ],
  uses: ["docker.engines", "host.versions"],
  confirm: (_hit, facts) => {
    const engine = facts["docker.engines"].find((entry) => entry.version !== undefined);
    return { holds: true, ...(engine ? { proof: [engine.at] } : {}) };
  },
  says: () =>
    "The kernel has no iptables raw table (module iptable_raw), which Docker 28 and newer need for published ports",
  rivals: [
    {
      rule: "docker/iptables-chains-missing",
      tellApart: "there chains of the nat or filter table are missing",
    },
  ],
  decideWith: "docker version; modprobe iptable_raw; iptables -t raw -S",
  references: [
    "https://github.com/moby/moby/pull/48724",
    "https://github.com/telnetdoogie/synology-docker/issues/93",
  ],
  fix: () =>
    byHand(
      "modprobe iptable_raw (and /etc/modules-load.d); where the kernel lacks it: DOCKER_INSECURE_NO_IPTABLES_RAW=1 in dockerd's environment, or stay on Docker 27",
      "On the host",
      "modprobe iptable_raw",
    ),
});
