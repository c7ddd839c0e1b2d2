// How each packet filter lets one address in to one port, how that is looked up, and how it is taken back.
import type { Step } from "../model/plan.ts";
import { quoteWord } from "../model/quote.ts";

type AdmitStep = Extract<Step, { readonly do: "admit-source" }>;

export type AdmitSource = Pick<AdmitStep, "tool" | "source" | "port"> & {
  readonly chain?: string | undefined;
  readonly table?: string | undefined;
  readonly zone?: string | undefined;
};

export interface FirewallCommands {
  /** Ends with 0 when the rule is there. */
  readonly isThere: string;
  readonly add: string;
  readonly remove: string;
  /** What a person has to know of it. */
  readonly note: string;
}

const mark = "watchmend";

/** Every word that is not ours is quoted; a chain and a table are names that the host's own rules gave. */
export function firewallCommands(wish: AdmitSource): FirewallCommands {
  switch (wish.tool) {
    case "iptables":
      return iptables(wish);
    case "nft":
      return nft(wish);
    case "ufw":
      return ufw(wish);
    case "firewalld":
      return firewalld(wish);
  }
}

function iptables({ source, port, chain = "INPUT" }: AdmitSource): FirewallCommands {
  const program = source.includes(":") ? "ip6tables" : "iptables";
  const rule = `${quoteWord(chain)} -s ${quoteWord(source)} -p tcp --dport ${port} -m comment --comment ${mark} -j ACCEPT`;
  return {
    isThere: `${program} -w 5 -C ${rule} 2>/dev/null`,
    add: `${program} -w 5 -I ${rule}`,
    remove: `${program} -w 5 -D ${rule}`,
    note: "it holds until the rules are loaded anew or the host is restarted; put it into the rules that are loaded then",
  };
}

/** nft names a rule only by its handle, which the host gives; ours is found by what it says. */
function nft({ source, port, table = "filter", chain = "input" }: AdmitSource): FirewallCommands {
  const family = source.includes(":") ? "ip6" : "ip";
  const words = `${family} saddr ${source} tcp dport ${port}`;
  const where = `$(nft list tables | awk -v t=${quoteWord(table)} '$3 == t && ($2 == "inet" || $2 == "${family}") { print $2; exit }') ${quoteWord(table)} ${quoteWord(chain)}`;
  const ours = `nft -a list chain ${where} | grep -F ${quoteWord(words)} | grep -F ${quoteWord(`comment "${mark}"`)}`;
  return {
    isThere: `${ours} >/dev/null 2>&1`,
    add: `nft insert rule ${where} ${words} accept comment ${quoteWord(`"${mark}"`)}`,
    remove: `nft delete rule ${where} handle $(${ours} | sed 's/.* handle //' | head -n 1)`,
    note: "it holds until the rules are loaded anew or the host is restarted; put it into the rules that are loaded then",
  };
}

function ufw({ source, port }: AdmitSource): FirewallCommands {
  const rule = `allow proto tcp from ${quoteWord(source)} to any port ${port}`;
  return {
    isThere: `ufw show added | grep -F "allow from "${quoteWord(source)} | grep -Eq "port ${port}( |$)"`,
    add: `ufw prepend ${rule} comment ${mark} >/dev/null`,
    remove: `ufw delete ${rule} >/dev/null`,
    note: "ufw keeps it over restarts",
  };
}

function firewalld({ source, port, zone }: AdmitSource): FirewallCommands {
  const family = source.includes(":") ? "ipv6" : "ipv4";
  const rule = quoteWord(
    `rule family="${family}" source address="${source}" port port="${port}" protocol="tcp" accept`,
  );
  const at = zone === undefined ? "" : ` --zone=${quoteWord(zone)}`;
  const both = (verb: string): string =>
    `firewall-cmd -q${at} --${verb}-rich-rule=${rule} && firewall-cmd -q --permanent${at} --${verb}-rich-rule=${rule}`;
  return {
    isThere: `firewall-cmd -q${at} --query-rich-rule=${rule}`,
    add: both("add"),
    remove: both("remove"),
    note: "firewalld keeps it over restarts",
  };
}
