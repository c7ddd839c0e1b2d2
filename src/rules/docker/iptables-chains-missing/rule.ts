// Docker's packet filter chains are gone or live in the other back end.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

const probe = /COMMAND_FAILED|iptables[^:]* -(?:[DCFX]|n -L|L) /;
/** The answer to somebody who asked for some chain by hand: only his command says which. */
const bare = /^\s*ip6?tables(?: v[\d.]+ \(\w+\))?: No chain\/target\/match by that name\.?\s*$/;
const reload = /firewall-cmd --(?:complete-)?reload|firewalld was re|systemctl re\w+ firewalld/;

export const rule = textRule({
  id: "docker/iptables-chains-missing",
  title:
    "Docker's iptables chains are missing: a firewall restart flushed them, or kernel modules and back end do not fit",
  why: "dockerd creates its chains once, when it starts. A firewall that is reloaded afterwards (firewalld, iptables-restore, ufw) flushes them; a kernel that was upgraded without reboot has no modules; iptables-legacy and nft mixed look into different tables. Containers with published ports then cannot start, and running ones lose their network.",
  severity: "critical",
  component: "docker",
  layer: "firewall",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "iptables: No chain/target/match by that name",
    "iptables…No chain/target/match by that name",
    "Chain 'MASQUERADE' does not exist",
    "Failed to Setup IP tables: Unable to enable SKIP DNAT rule",
    "Unable to enable SKIP DNAT rule",
    "Failed to program NAT chain",
    "COMMAND_FAILED: '/usr/sbin/iptables…iptables: Bad rule",
    "firewall-cmd --reload",
    "firewall-cmd --complete-reload",
    "systemctl restart firewalld",
    "systemctl reload firewalld",
    "firewalld was restarted",
    "firewalld was reloaded",
    "can't initialize iptables table `nat': Table does not exist",
    "Chain 'DOCKER' does not exist",
    "Chain 'DOCKER-ISOLATION-STAGE-2' does not exist",
    "Chain 'DOCKER-FORWARD' does not exist",
  ],
  except: ["table `raw'", "-t raw"],
  uses: ["host.versions"],
  confirm: (hit) => {
    const real = hit.lines.filter(
      (line) => !reload.test(line.text) && !probe.test(line.text) && !bare.test(line.text),
    );
    const failed = hit.lines.find((line) => probe.test(line.text));
    const reloaded = hit.lines.find((line) => reload.test(line.text));
    // dockerd removes and looks for rules that need not exist; firewalld writes a warning for each at every start
    if (real.length === 0 && !(failed && reloaded)) return { holds: false };
    const shown = real.at(-1) ?? failed;
    if (shown === undefined || shown === hit.line) return { holds: true };
    return { holds: true, says: sentence(shown.text), proof: [{ ...shown.at, excerpt: shown.text }] };
  },
  says: ({ line }) => sentence(line.text),
  rivals: [
    { rule: "docker/raw-table-missing", tellApart: "there the iptables raw table is named, since Docker 28" },
    { rule: "docker/resolver-unreachable", tellApart: "there chains exist and port 53 is dropped" },
  ],
  decideWith: "iptables -t nat -S DOCKER; update-alternatives --display iptables; uname -r; ls /lib/modules",
  references: [
    "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
    "https://github.com/moby/moby/issues/12294",
  ],
  fix: () =>
    byHand(
      "systemctl restart docker after every firewall reload (it creates its chains again); use one iptables back end; reboot after a kernel update",
      "On the host",
      "systemctl restart docker",
    ),
});

function sentence(text: string): string {
  const chain = text.match(/-[tAIDNC] (DOCKER[\w-]*)/)?.[1] ?? text.match(/(DOCKER[\w-]*)/)?.[1] ?? "DOCKER";
  return `Docker's iptables chain ${chain} is missing (${/MASQUERADE|Table does not exist/.test(text) ? "kernel modules of the running kernel are not there, or the iptables back end does not fit" : "a firewall restart or reload flushed it after dockerd had started"}): published ports and container networks do not work`;
}
