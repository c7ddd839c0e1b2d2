// Parsers of configuration files.
import type { Parser } from "../parser.ts";
import { alloyFile } from "./alloy-file.ts";
import { configFile } from "./config-file.ts";
import { containerdConfig } from "./containerd-config.ts";
import { grafanaIni, iniInventory } from "./ini-files.ts";
import { shellScript } from "./shell-script.ts";

export const configParsers: readonly Parser[] = [
  configFile,
  alloyFile,
  containerdConfig,
  grafanaIni,
  iniInventory,
  shellScript,
];
