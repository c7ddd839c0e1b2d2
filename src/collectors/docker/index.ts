// The parsers of this folder: docker, podman and compose output.
import type { Parser } from "../parser.ts";
import { composeV1Ps } from "./compose-v1-ps.ts";
import { containerCount, engineEvents, volumeInspect } from "./counts-and-events.ts";
import { engineText } from "./engine-info.ts";
import { engineJson, podmanInfo } from "./engine-json.ts";
import { inspectJson } from "./inspect.ts";
import { inspectFormat } from "./inspect-format.ts";
import { networkInspect, networkTable } from "./networks.ts";
import { psFormat } from "./ps-format.ts";
import { psJson } from "./ps-json.ts";
import { psTable } from "./ps-table.ts";
import { runLine } from "./run-line.ts";
import { smallTables } from "./small-tables.ts";

export const dockerParsers: readonly Parser[] = [
  psTable,
  composeV1Ps,
  psJson,
  psFormat,
  inspectJson,
  inspectFormat,
  networkTable,
  networkInspect,
  engineText,
  engineJson,
  podmanInfo,
  runLine,
  ...smallTables,
  containerCount,
  engineEvents,
  volumeInspect,
];
