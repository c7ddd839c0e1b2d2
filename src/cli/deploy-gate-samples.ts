// Which of the expected targets have a fresh sample, as the running Prometheus tells.
import type { ExpectedTarget } from "../model/desired.ts";
import { itemsOf, textOf, valueAt } from "../model/json-value.ts";
import { quoteWord } from "../model/quote.ts";
import type { StackHost } from "../model/stack-file.ts";
import { curlWithKeys } from "../plan/door-keys.ts";
import { runScript } from "../plan/transaction/doors.ts";
import type { Deployment } from "./deployment.ts";

export interface Sampled {
  readonly target: ExpectedTarget;
  readonly fresh: boolean;
  readonly says: string;
  /** Whose fault it is: the server's, where the target cannot help it. */
  readonly host: string;
}

export function urlOf({ desired }: Deployment, host: string, component: string): string | undefined {
  const spec = desired.hosts
    .find(({ name }) => name === host)
    ?.containers.find((one) => one.component === component);
  return spec && new URL(spec.ready.url).origin;
}

/** curl, with what opens the doors of the stack when they are closed. */
export function curlOf({ desired }: Deployment, host: string, component: string): string {
  const spec = desired.hosts
    .find(({ name }) => name === host)
    ?.containers.find((one) => one.component === component);
  return spec?.ready.keys === undefined ? "curl" : curlWithKeys(spec.ready.keys);
}

/** `since` is our clock; ages are told by Prometheus' host, so that clocks do not matter. */
export async function sampledTargets(
  deployment: Deployment,
  server: StackHost,
  wanted: readonly ExpectedTarget[],
  since: number,
): Promise<readonly Sampled[]> {
  const access = deployment.doors.get(server.name);
  const base = urlOf(deployment, server.name, "prometheus");
  if (!access || base === undefined)
    return wanted.map((target) => ({
      target,
      fresh: false,
      says: `${server.name} cannot be asked`,
      host: server.name,
    }));
  const curl = curlOf(deployment, server.name, "prometheus");
  const get = (path: string): string =>
    `if command -v curl >/dev/null 2>&1; then ${curl} -s -m 10 ${quoteWord(base + path)}; else wget -q -T 10 -t 1 -O - ${quoteWord(base + path)}; fi`;
  const pushed = wanted.some(({ way }) => way === "push");
  const script = `no_proxy='*'; export no_proxy
date +%s.%N; ${get("/api/v1/targets?state=active")}; echo
${pushed ? get("/api/v1/query?query=timestamp(up)") : ":"}`;
  const result = await runScript(access, script, { timeoutMs: 40_000, maxBytes: 64 * 1024 * 1024 });
  const [clock = "", active = "", series = ""] = Buffer.from(result.stdout).toString("utf8").split("\n");
  const now = Number(clock) * 1000;
  const body = parsed(active);
  if (valueAt(body, "status") !== "success")
    return wanted.map((target) => ({
      target,
      fresh: false,
      says: `Prometheus on ${server.name} does not answer`,
      host: server.name,
    }));
  const targets = itemsOf(valueAt(body, "data", "activeTargets"));
  const ups = itemsOf(valueAt(parsed(series), "data", "result"));
  // What was scraped before the change says nothing about it.
  const age = Date.now() - since;
  return wanted.map((target) =>
    target.way === "pull"
      ? pulled(target, targets, now, age, server.name)
      : pushedOne(target, ups, now, server.name),
  );
}

function pulled(
  target: ExpectedTarget,
  active: readonly unknown[],
  now: number,
  age: number,
  server: string,
): Sampled {
  const name = `${target.job} ${target.instance}`;
  const host = target.host ?? server;
  const found = active.find(
    (one) =>
      textOf(valueAt(one, "labels", "job")) === target.job &&
      textOf(valueAt(one, "labels", "instance")) === target.instance,
  );
  if (!found)
    return { target, fresh: false, says: `${name} is no target of the running Prometheus`, host: server };
  const health = textOf(valueAt(found, "health"));
  const error = textOf(valueAt(found, "lastError"));
  if (health === "down")
    return { target, fresh: false, says: `${name} is down${error ? `: ${error}` : ""}`, host };
  const scraped = Date.parse(textOf(valueAt(found, "lastScrape")) ?? "");
  if (health !== "up" || !(now - scraped <= age))
    return { target, fresh: false, says: `${name} has not been scraped since`, host };
  const wrong = Object.entries(target.labels).find(
    ([key, value]) => textOf(valueAt(found, "labels", key)) !== value,
  );
  if (wrong)
    return {
      target,
      fresh: false,
      says: `${name} is scraped without the label ${wrong[0]}="${wrong[1]}"`,
      host: server,
    };
  return { target, fresh: true, says: `${name} is up`, host };
}

const freshMs = 120_000;

function pushedOne(target: ExpectedTarget, series: readonly unknown[], now: number, server: string): Sampled {
  const host = target.host ?? server;
  const name = `${target.job} ${target.instance} (pushed)`;
  const found = series.find(
    (one) =>
      textOf(valueAt(one, "metric", "job")) === target.job &&
      textOf(valueAt(one, "metric", "instance")) === target.instance,
  );
  if (!found) return { target, fresh: false, says: `${name} has not arrived`, host };
  const at = Number(itemsOf(valueAt(found, "value"))[1]) * 1000;
  return now - at <= freshMs
    ? { target, fresh: true, says: `${name} arrives`, host }
    : {
        target,
        fresh: false,
        says: `${name} arrived ${Math.round((now - at) / 1000)} s ago for the last time`,
        host,
      };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
