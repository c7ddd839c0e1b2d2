// No subnet is left for one more network.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/address-pools-exhausted",
  title:
    "Docker has no free subnet left for another network (default address pools are used up or covered by VPN routes)",
  why: "The default pools hold about 30 networks; every compose project takes one, and forgotten ones keep theirs. Routes of a VPN that cover 10/8, 172.16/12 or 192.168/16 take the pools away as well.",
  severity: "critical",
  component: "docker",
  layer: "network",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
    "all predefined address pools have been fully subnetted",
    "non-overlapping IPv4 address pool among the defaults",
  ],
  says: () =>
    "Docker cannot create the network: all predefined address pools (about 30 networks) are used up, or routes such as a VPN's cover them",
  rivals: [
    {
      rule: "docker/subnet-overlaps-lan",
      tellApart: "there a network was created, over addresses that exist outside",
    },
  ],
  decideWith: "docker network ls -q | wc -l; ip route",
  references: [
    "https://github.com/docker/for-linux/issues/418",
    "https://docs.docker.com/engine/network/#subnet-allocation",
  ],
  fix: () =>
    byHand(
      'docker network prune, and smaller pools in /etc/docker/daemon.json: "default-address-pools": [{"base": "10.200.0.0/16", "size": 24}], then restart docker',
      "On the host",
      "docker network prune",
    ),
});
