// A receiver of a kind that this Alertmanager is too old for: the whole configuration is refused.
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import { defineRule } from "../../../model/rule.ts";
import { isBefore } from "../../../model/semver.ts";
import { listAt, placeOf, textAt } from "../../../stack/config-value.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeImage, withTag } from "../../change-container.ts";

/** Kind of receiver and the first version that knows it. Source: Alertmanager's CHANGELOG.md. */
const since: Readonly<Record<string, string>> = {
  sns_configs: "0.23.0",
  telegram_configs: "0.24.0",
  discord_configs: "0.25.0",
  webex_configs: "0.25.0",
  msteams_configs: "0.26.0",
  msteamsv2_configs: "0.28.0",
  jira_configs: "0.28.0",
  rocketchat_configs: "0.28.0",
};

export const rule = defineRule({
  id: "alertmanager/receiver-type-unknown",
  title:
    "Alertmanager is older than the kind of receiver its configuration uses, so it refuses the whole file",
  why: "Alertmanager's parser refuses fields it does not know: `field msteams_configs not found in type config.plain`. Kinds of receivers were added over time (Telegram 0.24, Discord and Webex 0.25, Microsoft Teams 0.26, Jira and Rocket.Chat 0.28); with an older version nothing of the file is loaded, and at the next start Alertmanager does not come up.",
  severity: "critical",
  component: "alertmanager",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: ["config.documents"],
  uses: ["kubernetes.objects"],
  rivals: [{ rule: "alertmanager/config-rejected", tellApart: "there the file is wrong for every version" }],
  decideWith: "alertmanager --version; amtool check-config alertmanager.yml",
  references: ["https://github.com/prometheus/alertmanager/blob/main/CHANGELOG.md"],
  check(_facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      const { version, kind } = component;
      if (kind !== "alertmanager" || version === undefined) return [];
      return component.configs.flatMap((doc) =>
        listAt(doc.value, "receivers").flatMap((receiver, i) => {
          if (doc.kind !== "alertmanager" || !isRecord(receiver)) return [];
          return Object.keys(receiver).flatMap((key): FindingDraft[] => {
            const first = since[key];
            if (first === undefined || !isBefore(version, first)) return [];
            const name = textAt(receiver, "name") ?? `number ${i + 1}`;
            return [
              {
                subject: { kind: "component", id: component.id },
                component: component.id,
                says: `Receiver ${name} uses ${key}, which Alertmanager knows from ${first.replace(/\.0$/, "")} on; this one is ${version} and refuses the whole configuration`,
                proof: [placeOf(doc, "receivers", i, key), component.versionAt ?? component.at],
                certainty: "proven",
              },
            ];
          });
        }),
      );
    });
  },
  fix: (finding, facts, stack) =>
    repair(
      "Run a version of Alertmanager that knows the receiver",
      "disruptive",
      changeImage(ownerOf(finding, stack), facts, withTag(ownerOf(finding, stack)?.image, "v0.28.1")),
    ) ??
    byHand(
      `Run a version of Alertmanager that knows it (${finding.says.match(/from (\S+) on/)?.[1] ?? "newer"} or newer), or use webhook_configs with a bridge`,
      "Raise the image's tag",
      "docker pull prom/alertmanager:v0.28.1",
    ),
});
