// Where a change of Loki's configuration goes: into its own file, into the chart's values, or into words.
import { expect, test } from "vitest";
import type { FindingDraft } from "../../src/model/finding.ts";
import { lokiFix } from "../../src/rules/loki-fix.ts";
import { analyseFixture } from "../fixture.ts";

const change = [{ path: ["common", "replication_factor"], value: 1 }] as const;

function stepsFor(evidence: Readonly<Record<string, string>>) {
  const { factSet } = analyseFixture({ evidence });
  const finding: FindingDraft = {
    subject: { kind: "component", id: "loki" },
    says: "",
    proof: [],
    certainty: "proven",
  };
  return lokiFix(finding, factSet.facts, "Set it", change).steps;
}

test("an own file is edited where the key belongs", () => {
  const [step] = stepsFor({
    "loki.yaml":
      "auth_enabled: false\ncommon:\n  path_prefix: /loki\nschema_config:\n  configs: []\nserver:\n  http_listen_port: 3100\n",
  });
  expect(step).toMatchObject({
    do: "edit-document",
    edits: [{ op: "set", path: ["common", "replication_factor"], value: 1 }],
  });
});

test("in chart values the chart's own name of the block is used", () => {
  const [step] = stepsFor({
    "values.yaml":
      "deploymentMode: SingleBinary\nloki:\n  commonConfig:\n    path_prefix: /var/loki\n  schemaConfig:\n    configs: []\nsingleBinary:\n  replicas: 1\n",
  });
  expect(step).toMatchObject({
    do: "edit-document",
    edits: [{ op: "set", path: ["loki", "commonConfig", "replication_factor"], value: 1 }],
  });
});

test("without a file the change is told in words", () => {
  const [step] = stepsFor({ "log.txt": "level=info msg=hello" });
  expect(step).toMatchObject({ do: "by-hand" });
  expect(step?.title).toContain("loki.commonConfig.replication_factor");
});
