// The agent says itself that its build cannot read the journal.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/journal-not-compiled",
  title: "This build of Promtail has no support for the systemd journal, so the journal target is ignored",
  why: "Reading the journal needs cgo and libsystemd: release archives for other platforms, static and Alpine builds are made without (build tag promtail_journal_enabled). Such a build warns once and collects nothing from scrape_configs.journal.",
  severity: "critical",
  component: "promtail",
  layer: "version",
  nature: "cause",
  effect: "no-data-in",
  from: ["promtail", "alloy"],
  texts: [
    "support for reading the systemd journal is not compiled into this build",
    "Journal target was configured but support for reading the systemd journal is not compiled",
    "built without systemd journal support",
  ],
  says: () =>
    "The journal target is configured, but support for reading the systemd journal is not compiled into this build (no cgo or libsystemd): no journal line reaches Loki",
  rivals: [
    { rule: "promtail/journal-unreadable", tellApart: "there the build can read the journal and may not" },
  ],
  decideWith: "promtail --version; ldd $(command -v promtail) | grep -c systemd",
  references: [
    "https://grafana.com/docs/loki/latest/send-data/promtail/scraping/#journal-scraping-linux-only",
  ],
  fix: () => ({
    summary:
      "Use a build with journal support: the image grafana/promtail (Debian based), the deb or rpm package for amd64, a build with CGO_ENABLED=1 and the tag promtail_journal_enabled, or Grafana Alloy with loki.source.journal",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Replace the binary or the image", command: "promtail --version" }],
  }),
});
