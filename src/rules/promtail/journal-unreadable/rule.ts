// The journal opens without an error and stays empty: the user is in no group that may read it.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { matches } from "../../line-match.ts";

/** Versions that do say something. */
const texts = ["failed to open journal{rest*}permission denied", "unable to open journal, no permission"];
const patterns = texts.map(compilePattern);
const readers = /^(adm|systemd-journal|wheel|root)$/;

export const rule = defineRule({
  id: "promtail/journal-unreadable",
  title:
    "The log agent's user is in no group that may read the systemd journal (adm, systemd-journal), so it silently collects nothing",
  why: "Journal files are readable for root and the groups systemd-journal and adm. sd-journal opens an empty set without an error when it may read none of them, so the agent logs nothing about it.",
  severity: "critical",
  component: "promtail",
  layer: "permissions",
  nature: "cause",
  effect: "no-data-in",
  needs: ["host.users"],
  uses: ["config.documents", "host.files", "text.lines"],
  texts,
  decideWith: "id promtail; sudo -u promtail journalctl -n1",
  references: [
    "https://grafana.com/docs/loki/latest/send-data/promtail/configuration/#journal",
    "https://grafana.com/docs/alloy/latest/reference/components/loki/loki.source.journal/",
  ],
  check(facts, stack) {
    const { "host.users": users, "config.documents": documents, "host.files": files } = facts;
    const told = facts["text.lines"].find((line) => matches(patterns, line));
    const findings: FindingDraft[] = [];
    const usesJournal = documents.find(
      (document) =>
        (document.kind === "promtail" && /^\s*journal:/m.test(document.text)) ||
        (document.kind === "alloy" && /loki\.source\.journal/.test(document.text)),
    );
    const journal = files.find((file) => /\/log\/journal/.test(file.path));
    for (const user of users) {
      const isAgent = /^(promtail|alloy|grafana-agent|loki)$/.test(user.name ?? "");
      if (!isAgent || user.uid === 0 || !user.groups || (!usesJournal && !journal && !told)) continue;
      if (user.groups.some((group) => group.gid === 0 || readers.test(group.name ?? ""))) continue;
      const component = stack.components.find(
        (candidate) => candidate.kind === "promtail" || candidate.kind === "alloy",
      );
      findings.push({
        subject: { kind: "component", id: component?.id ?? user.name ?? "promtail" },
        ...(component ? { component: component.id } : {}),
        says: `User ${user.name} (uid ${user.uid}) is in ${user.groups.map((group) => group.name ?? group.gid).join(", ") || "no further group"}, not in adm or systemd-journal: it cannot read the journal`,
        proof: [
          user.at,
          ...(journal ? [journal.at] : []),
          ...(usesJournal ? [usesJournal.at] : []),
          ...(told ? [{ ...told.at, excerpt: told.text }] : []),
        ],
        certainty: "proven",
      });
    }
    return findings;
  },
  fix: () => ({
    summary:
      "usermod -aG systemd-journal,adm AGENT_USER and restart (containers: group_add with the host's gid)",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "On the host",
        command: "usermod -aG systemd-journal,adm promtail && systemctl restart promtail",
      },
    ],
  }),
});
