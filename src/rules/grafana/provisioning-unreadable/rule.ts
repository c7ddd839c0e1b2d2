// Grafana may not read its provisioning folder.
import { byHand } from "../../by-hand.ts";
import { isRelabelled, selinuxHint, selinuxTexts } from "../../selinux-hint.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/provisioning-unreadable",
  title:
    "Grafana may not read its provisioning folder (permission denied), so data sources and dashboards are missing",
  why: "The process runs as uid 472 (group 0). A folder copied into an image or checked out with mode 700 of root, a volume of another user, or SELinux without a label closes it. Old versions go on without the files, newer ones end.",
  severity: "critical",
  component: "grafana",
  layer: "permissions",
  nature: "cause",
  effect: "no-answer",
  phase: "config",
  texts: [
    "read datasource provisioning files from directory…permission denied",
    "read dashboard provisioning files from directory…permission denied",
    "provisioning error: open {path}: permission denied",
    "open {path}/provisioning/{rest}: permission denied",
  ],
  uses: ["host.settings", "config.documents"],
  looksFor: selinuxTexts.map((text) => text),
  confirm: (hit, facts) => {
    // There the label of the mount is the likelier cause, which host/selinux-label-missing says.
    const measured = facts["host.settings"].some(({ name }) => /selinux/i.test(name));
    if (!measured && selinuxHint(facts) && !isRelabelled(facts) && !hit.line.pod) return { holds: false };
    const enforcing = facts["host.settings"].find(
      ({ name, value }) => /selinux/i.test(name) && /enforcing/i.test(value),
    );
    return enforcing ? { certainty: "possible" } : { holds: true };
  },
  says: ({ line, lines }) => {
    const paths = [...new Set(lines.map(({ text }) => /open (\/[^\s":]+)/.exec(text)?.[1]).filter(Boolean))];
    const path = paths.length > 0 ? paths.slice(0, 3).join(", ") : /path=(\S+)/.exec(line.text)?.[1];
    return `Grafana (uid 472) may not read ${path ?? "/etc/grafana/provisioning"}: permission denied; what is provisioned there is missing`;
  },
  rivals: [{ rule: "host/selinux-denies-access", tellApart: "with SELinux mode and owner would allow it" }],
  decideWith: "docker exec GRAFANA ls -lan /etc/grafana/provisioning; namei -l SOURCE",
  references: ["https://github.com/grafana/grafana/issues/16305"],
  fix: () =>
    byHand(
      "chmod -R a+rX the folder (in a Dockerfile: COPY --chown=472:0 provisioning /etc/grafana/provisioning)",
      "On the host or in the Dockerfile",
      "chmod -R a+rX PROVISIONING",
      "safe",
    ),
});
