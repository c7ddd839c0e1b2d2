// Changes of Loki's configuration as fixes: edits of the file or of the chart's values where one is at hand, else in words.
import type { ConfigDocument } from "../model/config.ts";
import type { Facts } from "../model/facts.ts";
import type { FindingDraft, Fix } from "../model/finding.ts";
import { isRecord } from "../model/json-value.ts";
import type { DocumentEdit, Risk, Step } from "../model/plan.ts";
import { valueAt } from "../stack/config-value.ts";
import type { Path } from "../stack/setting.ts";

export interface LokiChange {
  readonly path: Path;
  /** Left out: the key is taken away. */
  readonly value?: unknown;
}

type Needed = Pick<Facts, "config.documents">;

/** Sets (or removes) keys of Loki's configuration, then restarts it. */
export function lokiFix(
  finding: FindingDraft,
  facts: Needed,
  summary: string,
  changes: readonly LokiChange[],
  risk: Risk = "disruptive",
): Fix {
  // Nothing that could be written down: a person decides what to put there.
  const edits: readonly Step[] =
    changes.length > 0 ? changeSteps(finding, facts, changes) : [{ do: "by-hand", title: summary }];
  return { summary, risk, steps: [...edits, restart(finding)] };
}

function changeSteps(finding: FindingDraft, facts: Needed, changes: readonly LokiChange[]): readonly Step[] {
  const doc = editable(finding, facts);
  const base = doc ? baseOf(doc) : undefined;
  if (!doc || base === undefined) {
    return changes.map(({ path, value }) => ({
      do: "by-hand",
      title:
        value === undefined
          ? `Remove ${path.join(".")} from Loki's configuration`
          : `Set ${path.join(".")}: ${JSON.stringify(value)} in Loki's configuration (Helm values: loki.${inChart(path).join(".")})`,
    }));
  }
  const isValues = doc.kind !== "loki";
  return [
    {
      do: "edit-document",
      title: changes
        .map(
          ({ path, value }) =>
            `${value === undefined ? "Remove" : "Set"} ${(isValues ? [...base, ...inChart(path)] : path).join(".")}`,
        )
        .join(", "),
      file: doc.at,
      ...(doc.embeddedIn ? { embeddedKey: doc.embeddedIn.key } : {}),
      edits: changes.map(({ path, value }): DocumentEdit => {
        const target = isValues ? [...base, ...inChart(path)] : path;
        return value === undefined ? { op: "remove", path: target } : { op: "set", path: target, value };
      }),
    },
  ];
}

/** The file the finding quotes, else the only one there is. */
function editable(finding: FindingDraft, facts: Needed): ConfigDocument | undefined {
  const files = facts["config.documents"].filter(
    (doc) =>
      doc.origin === "file" &&
      !doc.inPost &&
      isRecord(doc.value) &&
      ((doc.kind === "loki" && !doc.fragment) || (doc.kind === "helm-values" && baseOf(doc) !== undefined)),
  );
  const quoted = files.filter((doc) => finding.proof.some((proof) => proof.source === doc.at.source));
  if (quoted[0]) return quoted[0];
  return files.length === 1 ? files[0] : undefined;
}

const chartNames: Readonly<Record<string, string>> = {
  common: "commonConfig",
  schema_config: "schemaConfig",
};
const ownBlocks =
  /^(?:common(?:Config)?|schema_?[cC]onfig|limits_config|auth_enabled|compactor|storage|storage_config|ingester|server|querier)$/;

function inChart([first, ...rest]: Path): Path {
  return first === undefined ? [] : [chartNames[first] ?? first, ...rest];
}

/** Where Loki's own settings begin in the document; undefined in values without a block of Loki. */
function baseOf(doc: ConfigDocument): Path | undefined {
  if (doc.kind === "loki") return [];
  for (const path of [["loki"], ["loki", "loki"], ["loki-stack", "loki"]]) {
    const block = valueAt(doc.value, ...path);
    if (isRecord(block) && Object.keys(block).some((key) => ownBlocks.test(key))) return path;
  }
  return undefined;
}

function restart(finding: FindingDraft): Step {
  return {
    do: "restart",
    title: "Restart Loki so that it reads the change",
    what: { kind: "workload", name: (finding.component ?? "loki").split("/").at(-1) ?? "loki" },
  };
}
