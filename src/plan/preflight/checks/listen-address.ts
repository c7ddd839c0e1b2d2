// The address that components bind must be one of the host's own: any other ends them with "cannot assign requested address".
import type { PreflightCheck, PreflightDraft } from "../../../model/preflight.ts";
import { listenAddress } from "../../../model/reachability.ts";
import { ofHost, proofAt, sshTo } from "../answers.ts";
import { isEvery } from "../listen-address.ts";

export const check: PreflightCheck = {
  id: "listen-address",
  proves: "components bind addresses that their hosts have",
  looks: ["addresses"],
  judge: ({ host, wanted, stack, facts }) => {
    const own = ofHost(facts["host.addresses"], host).filter(({ container }) => container === undefined);
    const wantedAddresses = [
      ...new Set(wanted.containers.map(({ component }) => listenAddress(stack, host, component))),
    ];
    const particular = wantedAddresses.filter((address) => !isEvery(address) && /^[\d.]+$|:/.test(address));
    if (particular.length === 0) return [];
    if (own.length === 0)
      return [
        {
          host: host.name,
          state: "unknown",
          says: `which addresses ${host.name} has is not known`,
          next: `${sshTo(host)} ip addr`,
        },
      ];
    return particular.map((address): PreflightDraft => {
      const found = own.find(({ cidr }) => cidr.split("/")[0]?.toLowerCase() === address.toLowerCase());
      if (found)
        return {
          host: host.name,
          state: "ok",
          says: `${address} is an address of ${host.name}`,
          proof: proofAt(found.at, found.cidr),
        };
      const all = own
        .map(({ cidr }) => cidr.split("/")[0])
        .filter((one) => one !== "127.0.0.1" && one !== "::1");
      return {
        host: host.name,
        state: "stop",
        says: `${address} is no address of ${host.name}, which has ${all.slice(0, 8).join(", ")}: nothing could listen on it`,
        ...(own[0] ? { proof: proofAt(own[0].at, own[0].cidr) } : {}),
        next: `write hosts.${host.name}.listen: one of them, or 0.0.0.0 where the address above is translated on the way`,
      };
    });
  },
};
