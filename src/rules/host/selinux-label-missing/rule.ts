// No audit log at hand: a system that has SELinux on, and a bind mount without the flag that relabels it.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";
import { isRelabelled, selinuxHint, selinuxTexts } from "../../selinux-hint.ts";

const refusals = [
  "open /etc/prometheus/{file}: permission denied",
  "open /etc/grafana/{file}: permission denied",
  "open /etc/loki/{file}: permission denied",
  "open /etc/promtail/{file}: permission denied",
  "open /etc/alloy/{file}: permission denied",
  "open /etc/alertmanager/{file}: permission denied",
  "open /opt/bitnami/{file}: permission denied",
];
const patterns = refusals.map(compilePattern);

export const rule = defineRule({
  id: "host/selinux-label-missing",
  title: "SELinux refuses the container its bind-mounted files: the mount lacks :z or :Z",
  why: "Fedora, RHEL, CentOS, Rocky and AlmaLinux run SELinux enforcing. Podman (and Docker with selinux-enabled) confines containers to files labelled container_file_t; a bind mount without :z or :Z keeps the host's label. The program sees a plain `permission denied`, whatever chmod and chown say.",
  severity: "critical",
  component: "host",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: ["text.lines"],
  uses: ["config.documents", "host.settings", "host.files"],
  texts: [...refusals, ...selinuxTexts],
  rivals: [
    {
      rule: "prometheus/config-unreadable",
      tellApart: "there mode or owner forbids it, which ls -l shows",
      decideWith: "getenforce; ls -lZ FILE; ausearch -m avc -ts recent",
    },
  ],
  decideWith: "getenforce; ls -lZ FILE; ausearch -m avc -ts recent",
  references: ["https://docs.docker.com/engine/storage/bind-mounts/#configure-the-selinux-label"],
  check(facts, stack): readonly FindingDraft[] {
    const hint = selinuxHint(facts);
    const line = facts["text.lines"].find((entry) => matches(patterns, entry) && entry.pod === undefined);
    if (!hint || !line || isRelabelled(facts)) return [];
    const path = /open (\/[^\s":]+): permission denied/i.exec(line.text)?.[1] ?? "its file";
    const name = path.split("/").at(-1);
    const closed = facts["host.files"].some(
      (file) => file.path.split("/").at(-1) === name && file.mode !== undefined && (file.mode & 0o004) === 0,
    );
    if (closed) return [];
    const component = stack.components.find(({ kind }) => kind === line.component);
    return [
      {
        subject: { kind: "component", id: component?.id ?? line.component ?? "host" },
        ...(component ? { component: component.id } : {}),
        says: `The container may not open ${path} on a host with SELinux (${hint.word}): the bind mount has no :z or :Z, so the file keeps a label that containers may not read`,
        proof: [{ ...line.at, excerpt: line.text }, hint.at],
        certainty: "likely",
        decideWith: "getenforce; ls -lZ FILE; ausearch -m avc -ts recent",
      },
    ];
  },
  explains: [
    {
      rule: "docker/container-restarting",
      via: "anything",
      mechanism: "the program is refused its files and ends",
    },
  ],
  fix: () =>
    byHand(
      "Add :Z (one container) or :z (shared) to the bind mount, e.g. ./prometheus.yml:/etc/prometheus/prometheus.yml:Z, and recreate the container; setenforce 0 only to prove it",
      "In the compose file or run command",
      "getenforce; ausearch -m avc -ts recent",
    ),
});
