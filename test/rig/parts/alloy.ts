// The copy of Alloy's source that can be built here: its log and metric parts, without OpenTelemetry's collector and profiling.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { rigRoot } from "../process/paths.ts";

const overlay = join(rigRoot, "go", "alloy", "overlay");

/** Folders of which only these files stay; the overlay may add its own. */
const kept: Readonly<Record<string, readonly string[]>> = {
  "internal/component/otelcol": ["consumer.go"],
  "internal/component/pyroscope": [],
};

/** Mimir's client reads Alertmanager's configuration by a module that is not served. */
const dropped = ["internal/component/common/kubernetes/mimir_rule_group_diff.go"];

/** What would name a type of the discovery that the overlay leaves out. */
const edits: readonly (readonly [file: string, pattern: RegExp])[] = [
  ["internal/service/cluster/discovery/peer_discovery.go", /\t\w+ "github\.com\/hashicorp\/go-discover"\n/],
  ["internal/service/cluster/discovery/peer_discovery.go", /\tgoDiscoverFactory goDiscoverFactory\n/],
  ["internal/service/cluster/discovery/peer_discovery.go", /type goDiscoverFactory func\(.*\n/],
];

/** Of Promtail's whole configuration the journal's part: the rest names every discovery there is. */
const settingsFile = "internal/loki/promtail/scrapeconfig/config.go";
const journalSettings = /^type JournalTargetConfig struct \{\n[\s\S]*?\n\}\n/m;

const overlayFiles = (): string[] =>
  readdirSync(overlay, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(overlay, join(entry.parentPath, entry.name)))
    .sort();

/** Everything here that decides what comes out, for the part's key. */
export const alloyInputs = (): string[] => [
  JSON.stringify([kept, dropped, edits.map(([file, pattern]) => [file, pattern.source])]),
  journalSettings.source,
  ...overlayFiles().flatMap((file) => [file, readFileSync(join(overlay, file), "utf8")]),
];

/** Works on the copy at `source`; throws where the module no longer looks as expected. */
export const reduceAlloy = (source: string): void => {
  for (const [folder, files] of Object.entries(kept))
    for (const name of readdirSync(join(source, folder)))
      if (!files.includes(name)) rmSync(join(source, folder, name), { recursive: true });
  for (const file of dropped) rmSync(join(source, file));
  for (const [file, pattern] of edits) {
    const path = join(source, file);
    const text = readFileSync(path, "utf8");
    if (!pattern.test(text)) throw new Error(`${file} has no ${pattern.source} any more`);
    writeFileSync(path, text.replace(pattern, ""));
  }
  const settings = join(source, settingsFile);
  const [journal] = journalSettings.exec(readFileSync(settings, "utf8")) ?? [];
  if (journal === undefined) throw new Error(`${settingsFile} has no JournalTargetConfig any more`);
  writeFileSync(
    settings,
    `package scrapeconfig\n\nimport "github.com/prometheus/common/model"\n\n${journal}`,
  );
  cpSync(overlay, source, { recursive: true });
};
