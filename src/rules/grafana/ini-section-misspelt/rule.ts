// A section of grafana.ini with a typing error: Grafana takes any section and never asks for this one.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import { defineRule } from "../../../model/rule.ts";
import { placeOf, valueAt } from "../../../stack/config-value.ts";
import type { Path } from "../../../stack/setting.ts";
import { byHand } from "../../by-hand.ts";

/** Sections of conf/defaults.ini whose misspelling loses settings; short names are left out, since they resemble others. */
const sections = [
  "paths",
  "server",
  "database",
  "remote_cache",
  "dataproxy",
  "analytics",
  "security",
  "snapshots",
  "dashboards",
  "users",
  "auth.anonymous",
  "auth.basic",
  "auth.proxy",
  "auth.jwt",
  "auth.ldap",
  "auth.github",
  "auth.gitlab",
  "auth.google",
  "auth.azuread",
  "auth.okta",
  "auth.generic_oauth",
  "session",
  "emails",
  "metrics",
  "tracing",
  "quota",
  "alerting",
  "unified_alerting",
  "annotations",
  "explore",
  "external_image_storage",
  "rendering",
  "panels",
  "plugins",
  "feature_toggles",
  "date_formats",
  "expressions",
  "recording_rules",
  "navigation",
  "geomap",
  "service_accounts",
  "public_dashboards",
  "sso_settings",
  "plugin_settings",
  "news",
  "help",
  "live",
  "smtp",
  "auth",
  "log",
] as const;
const known = new Set<string>(sections);

export const rule = defineRule({
  id: "grafana/ini-section-misspelt",
  title: "A section name in grafana.ini is misspelt, so Grafana never reads what stands in it",
  why: "Grafana reads the sections it knows and says nothing about others. With [sever] instead of [server] root_url and domain keep their defaults (http://localhost:3000/), and sign-in, links and redirects go there.",
  severity: "warning",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "none",
  phase: "config",
  needs: ["config.documents"],
  decideWith: "grep -n '^\\[' /etc/grafana/grafana.ini",
  references: [
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/",
    "https://github.com/grafana/grafana/issues/14006",
  ],
  check: ({ "config.documents": documents }) => documents.flatMap(misspelt),
  explains: [
    {
      rule: "grafana/oauth-state-lost",
      via: "anything",
      mechanism: "root_url stands in a section that is not read, so the redirect goes to localhost:3000",
    },
    {
      rule: "grafana/subpath-mismatch",
      via: "anything",
      mechanism: "root_url stands in a section that is not read",
    },
  ],
  fix: (finding) =>
    byHand(
      `Write the section as it is called: ${/is meant to be (\S+?):/.exec(finding.says)?.[1] ?? "see the reference"}`,
      "In grafana.ini or the chart's grafana.ini values, then restart Grafana",
    ),
});

function misspelt(doc: ConfigDocument): readonly FindingDraft[] {
  const bases: readonly Path[] =
    doc.kind === "grafana-ini"
      ? [[]]
      : doc.origin === "file"
        ? [["grafana.ini"], ["grafana", "grafana.ini"]]
        : [];
  return bases.flatMap((base) => {
    const value = base.length === 0 ? doc.value : valueAt(doc.value, ...base);
    if (!isRecord(value)) return [];
    return Object.keys(value)
      .slice(0, 100)
      .flatMap((name): FindingDraft[] => {
        const meant = known.has(name) || !isRecord(value[name]) ? undefined : nearest(name);
        if (!meant || meant in value) return [];
        return [
          {
            subject: { kind: "component", id: "grafana" },
            says: `Section ${name} of grafana.ini is meant to be ${meant}: Grafana does not know ${name} and ignores ${Object.keys(
              value[name] as object,
            )
              .slice(0, 4)
              .join(", ")} in it`,
            proof: [placeOf(doc, ...base, name)],
            certainty: "proven",
          },
        ];
      });
  });
}

/** The known section that is one typing error away (a letter lost, doubled, changed, or two exchanged). */
function nearest(name: string): string | undefined {
  if (name.length < 4 || name.length > 40 || /^plugin\./.test(name)) return undefined;
  return sections.find((section) => section.length >= 4 && isOneSlipAway(name.toLowerCase(), section));
}

function isOneSlipAway(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA.slice(2) === restB.slice(2) && restA[0] === restB[1] && restA[1] === restB[0])
  );
}
