// Grafana 10.2.0 shows no plugins at all when it cannot reach grafana.com.
import { isAtLeast, isBefore } from "../../../stack/semver.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeImage, withTag } from "../../change-container.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/plugin-catalog-offline",
  title: "The plugins page of Grafana 10.2.0 stays empty without internet: it waits for grafana.com",
  why: "10.2.0 builds its list of plugins from grafana.com's catalogue and shows nothing when that cannot be reached, not even what is installed. Later versions show the installed ones. Nothing else is affected.",
  severity: "notice",
  component: "grafana",
  layer: "version",
  nature: "cause",
  effect: "none",
  uses: ["config.documents", "kubernetes.objects"],
  texts: ["grafana.com/api/plugins", "grafana.com/api/gnet"],
  unconfirmed: "silent",
  confirm: ({ component }) => {
    const version = component?.version;
    if (isAtLeast(version, "10.2.0") !== true || isBefore(version, "10.2.1") !== true) return {};
    return { holds: true, proof: component?.versionAt ? [component.versionAt] : [] };
  },
  says: () =>
    "Grafana 10.2.0 does not reach grafana.com, and its plugins page stays empty: upgrade to a later 10.2",
  references: ["https://github.com/grafana/grafana/issues/77165"],
  fix: (finding, facts, stack) =>
    repair(
      "Run the first version that is mended",
      "disruptive",
      changeImage(ownerOf(finding, stack), facts, withTag(ownerOf(finding, stack)?.image, "10.2.1")),
    ) ?? byHand("Upgrade Grafana to 10.2.1 or later", "Change the image tag"),
});
