// A downgrade below 2.55 cannot read what 3.x has written.
import { isAtLeast, isBefore } from "../../../stack/semver.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeImage, withTag } from "../../change-container.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/data-of-newer-version",
  title:
    "Prometheus was downgraded and cannot read data that a newer version has written (3.x data needs 2.55 or later)",
  why: "Prometheus 3 writes the index in a format that only 2.55 and later read. After a rollback to an older image opening the storage fails at every start. The data is intact.",
  severity: "critical",
  component: "prometheus",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: [
    "opening storage failed…unknown index file version {number}",
    "opening storage failed…unexpected version {number}",
    "unknown index file version {number}",
    "opening storage failed…unknown chunk encoding",
    "opening storage failed…invalid head chunk file header",
    "opening storage failed…unknown format {number}",
    "found unsequential head chunk files",
    "opening storage failed…unknown record type",
  ],
  uses: ["config.documents", "kubernetes.objects", "host.versions"],
  unconfirmed: "possible",
  confirm(hit, facts) {
    const version = hit.component?.version;
    const newer = facts["host.versions"].find(
      ({ of, before }) => of === "prometheus" && before !== undefined && isAtLeast(before, "3.0.0"),
    );
    if (isAtLeast(version, "2.55.0") === true) return { holds: false };
    if (isBefore(version, "2.55.0") === true)
      return { holds: true, certainty: newer ? "proven" : "likely", proof: newer ? [newer.at] : [] };
    return {};
  },
  says: ({ component, line }) =>
    `Prometheus ${component?.version ?? ""} does not understand its data (${line.text.replace(/^.*?opening storage failed:? ?/i, "").slice(0, 120)}): it was written by a newer version; go back to the newer image, or to 2.55, which reads both`,
  rivals: [
    {
      rule: "prometheus/block-content-corrupt",
      tellApart: "damage concerns single blocks and follows a crash, not a change of version",
    },
    { rule: "prometheus/wal-corrupt", tellApart: "there the log speaks of corruption in a segment" },
  ],
  decideWith: "docker images prom/prometheus; ls -la DATA_DIRECTORY/*/meta.json",
  references: ["https://prometheus.io/docs/prometheus/latest/migration/#tsdb-format-and-downgrade"],
  fix: (finding, facts, stack) =>
    repair(
      "Run the last 2.x, which reads both",
      "disruptive",
      changeImage(ownerOf(finding, stack), facts, withTag(ownerOf(finding, stack)?.image, "v2.55.1")),
    ) ??
    byHand(
      "Roll forward to the version that wrote the data, or run v2.55.1; move the data directory away only when it may be lost",
      "Change the image tag",
    ),
});
