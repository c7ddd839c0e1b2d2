// Docker copies the name servers from a file of the host that is not there.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/host-resolver-file-missing",
  title:
    "The host has no /etc/resolv.conf (a dangling link), so containers have no name server to ask outside",
  why: "Docker's own server at 127.0.0.11 passes names of the outside on to the servers of the host's /etc/resolv.conf. Before Docker 28 it asked 8.8.8.8 where that file was missing; since then it answers SERVFAIL: server misbehaving, and plugins, webhooks and remote writes to the outside fail while names of containers resolve.",
  severity: "critical",
  component: "docker",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  from: "any",
  texts: ["/etc/resolv.conf: No such file or directory", "open /etc/resolv.conf: no such file or directory"],
  looksFor: ["server misbehaving", "127.0.0.11:53", "no such host", "Temporary failure in name resolution"],
  confirm(_hit, facts) {
    const failing = facts["text.lines"].find(({ text }) =>
      /server misbehaving|lookup \S+ on 127\.0\.0\.11|Temporary failure in name resolution/.test(
        text.slice(0, 2_000),
      ),
    );
    return failing ? { holds: true, proof: [{ ...failing.at, excerpt: failing.text }] } : {};
  },
  unconfirmed: "possible",
  says: () =>
    "/etc/resolv.conf does not exist on the host (its link leads nowhere): Docker has no servers to pass names on to, and since Docker 28 it asks no public one instead (127.0.0.11: server misbehaving)",
  explains: [
    {
      rule: "grafana/plugin-catalog-offline",
      via: "anything",
      mechanism: "grafana.com is a name of the outside, which does not resolve",
    },
    {
      rule: "grafana/plugin-install-aborts-start",
      via: "anything",
      mechanism: "grafana.com does not resolve",
    },
    {
      rule: "docker/resolver-unreachable",
      via: "anything",
      mechanism: "there is no server to pass the name on to",
    },
  ],
  decideWith: "ls -l /etc/resolv.conf; resolvectl status; docker exec CONTAINER cat /etc/resolv.conf",
  references: [
    "https://docs.docker.com/engine/release-notes/28/",
    "https://github.com/moby/moby/issues/49665",
  ],
  fix: () =>
    byHand(
      'Let the link lead somewhere: ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf with systemd-resolved running; or give Docker servers: "dns": ["ADDRESS"] in /etc/docker/daemon.json; then recreate the containers',
      "On the host",
      "ls -l /etc/resolv.conf; systemctl status systemd-resolved",
    ),
});
