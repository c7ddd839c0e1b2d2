// The model as validate uses it: what must be there, and where to look when no live system is named.
import { existsSync } from "node:fs";
import type { Expectation } from "../model/expectation.ts";
import { itemsOf, textOf, valueAt } from "../model/json-value.ts";
import type { StackFile } from "../model/stack-file.ts";
import { dashboardsOf } from "../render/grafana/dashboards.ts";
import { grafanaDatasources } from "../render/grafana/provisioning.ts";
import { expectedTargets } from "../render/prometheus/targets.ts";
import { modelExpectation } from "../validate/model-expectation.ts";
import type { ValidateOptions } from "./commands/validate.ts";
import { asksForLive } from "./live.ts";
import { modelHosts } from "./model-hosts.ts";
import { note } from "./output.ts";
import { loadStackFile } from "./stack-file.ts";

export interface LoadedModel {
  readonly stack: StackFile;
  readonly expectation: Expectation;
}

const usualName = "watchmend.yaml";

/** The file that was named; or the one that lies here, where nothing else says what is expected of a live system. */
export function loadModel(options: ValidateOptions): LoadedModel | undefined {
  const isUsual = options.file === undefined && options.expect === undefined && options.from === undefined;
  const file = options.file ?? (isUsual && existsSync(usualName) ? usualName : undefined);
  if (file === undefined) return undefined;
  if (options.file === undefined) note(options, `what must be there is read from ${usualName}`);
  const stack = loadStackFile(file, options);
  const datasources = itemsOf(valueAt(grafanaDatasources(stack), "datasources"));
  const rendered = {
    targets: expectedTargets(stack),
    datasources: datasources.flatMap((one) => textOf(valueAt(one, "uid")) ?? []),
    dashboards: dashboardsOf(stack).flatMap(({ dashboard }) => textOf(valueAt(dashboard, "title")) ?? []),
  };
  return { stack, expectation: modelExpectation(stack, file, rendered) };
}

export function withModelHosts(options: ValidateOptions, model: LoadedModel | undefined): ValidateOptions {
  if (model === undefined || options.from !== undefined || asksForLive(options)) return options;
  const hosts = modelHosts(model.stack);
  return hosts.length === 0 ? options : { ...options, modelHosts: hosts };
}
