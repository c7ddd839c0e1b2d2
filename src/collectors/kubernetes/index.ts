// The parsers of this folder: kubectl output, manifests and API answers of Kubernetes.
import type { Parser } from "../parser.ts";
import { answersParser } from "./answers.ts";
import { describeParser } from "./describe.ts";
import { dumpLogsParser } from "./dump-logs.ts";
import { getFieldsParser } from "./get-fields.ts";
import { getTableParser } from "./get-table.ts";
import { headerlessParser } from "./headerless.ts";
import { manifestParser } from "./manifest.ts";
import { canIParser, rolloutParser } from "./rollout.ts";
import { versionJsonParser } from "./version-json.ts";

export const kubernetesParsers: readonly Parser[] = [
  getFieldsParser,
  manifestParser,
  getTableParser,
  describeParser,
  answersParser,
  rolloutParser,
  canIParser,
  versionJsonParser,
  dumpLogsParser,
  headerlessParser,
];
