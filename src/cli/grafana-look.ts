// What Grafana itself shows: its data sources and dashboards, and what comes back through the data sources.
import { type DatasourceFlow, datasourceFlowSchema, freshnessPath, type WebAnswer } from "../model/canary.ts";
import type { CollectedItem, Missing } from "../model/collected.ts";
import { itemsOf, textOf, valueAt } from "../model/json-value.ts";
import type { Stack } from "../model/stack.ts";
import type { ReadSession } from "../model/target.ts";
import { hasOneLoki, placeBehind } from "./loki-place.ts";
import { commonLabels, patternOf } from "./seek-line.ts";

/** One Grafana, and from where it is asked. */
export interface GrafanaDoor {
  /** Id of the component. */
  readonly id: string;
  readonly base: string;
  readonly how: string;
  readonly host?: string;
  /** A header with the login goes along. */
  readonly isLoggedIn: boolean;
  /** Why a login cannot be sent this way, with what can be done. */
  readonly loginRefused?: { readonly because: string; readonly next: string };
  get(path: string, session: ReadSession): Promise<WebAnswer>;
}

/** A line that was found in Loki and must be found through Grafana, too. */
export interface SentLine {
  readonly host: string;
  readonly line: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the Loki that has it (loki-place.ts). */
  readonly place?: string;
}

interface Source {
  readonly uid: string;
  readonly name: string;
  readonly type: "prometheus" | "loki";
  readonly url?: string;
}

/** What a Loki's data source must show, and what it may show as well: nobody knows which Loki it asks or the line is in. */
interface Lines {
  readonly must: readonly SentLine[];
  readonly may: readonly SentLine[];
}

const mostSources = 20;
const login =
  "watchmend validate … --grafana-login '${env:GRAFANA_LOGIN}'   # user:password or a service account's token";

/** Never throws: what could not be asked is an item that says why. */
export async function askGrafana(
  door: GrafanaDoor,
  sent: readonly SentLine[],
  stack: Stack,
  session: ReadSession,
): Promise<readonly CollectedItem[]> {
  session.progress({ target: door.id, doing: "asking through its data sources" });
  const list = await door.get("/api/datasources", session);
  const refused = refusal(list, door);
  if (refused) return [item(door, "/api/datasources", refused)];
  const sources = itemsOf(parsed(list.body)).flatMap(sourceOf).slice(0, mostSources);
  const search = "/api/search?type=dash-db&limit=5000";
  const [dashboards, perSource] = await Promise.all([
    door.get(search, session),
    Promise.all(
      sources.map((source) => askSource(door, source, linesOf(source, door, sent, stack), session)),
    ),
  ]);
  return [
    item(door, "/api/datasources", Buffer.from(list.body)),
    item(door, search, refusal(dashboards, door) ?? Buffer.from(dashboards.body)),
    ...perSource.flat(),
  ];
}

/** Of several Lokis only that of the data source can show a line. */
function linesOf(source: Source, door: GrafanaDoor, sent: readonly SentLine[], stack: Stack): Lines {
  if (hasOneLoki(stack)) return { must: sent, may: [] };
  const grafana = stack.components.find(({ id }) => id === door.id);
  const shown = source.url === undefined ? undefined : placeBehind(stack, source.url, grafana);
  return {
    must: sent.filter(({ place }) => place !== undefined && place === shown),
    may: sent.filter(({ place }) => place === undefined || shown === undefined),
  };
}

async function askSource(
  door: GrafanaDoor,
  source: Source,
  sent: Lines,
  session: ReadSession,
): Promise<CollectedItem[]> {
  const path = `/api/datasources/uid/${encodeURIComponent(source.uid)}/health`;
  const [health, flow] = await Promise.all([
    door.get(path, session),
    source.type === "prometheus"
      ? metricsThrough(door, source, session)
      : linesThrough(door, source, sent, session),
  ]);
  const { url: _, ...named } = source;
  const record = { schema: datasourceFlowSchema, grafana: door.id, ...named, ...flow };
  const told: CollectedItem = {
    locator: `what comes back through ${source.name} of ${door.id}`,
    how: door.how,
    body: Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`),
  };
  // not every type of data source has such an answer in every version
  const isHealth = health.status === 200 || (health.status === 400 && health.body.includes('"status"'));
  return isHealth ? [item(door, path, Buffer.from(health.body)), told] : [told];
}

type Flow = Pick<DatasourceFlow, "outcome" | "says">;

const proxy = ({ uid }: Source): string => `/api/datasources/proxy/uid/${encodeURIComponent(uid)}`;

async function metricsThrough(door: GrafanaDoor, source: Source, session: ReadSession): Promise<Flow> {
  const answer = await door.get(`${proxy(source)}${freshnessPath}`, session);
  const failed = failure(answer);
  if (failed) return failed;
  const document = parsed(answer.body);
  if (valueAt(document, "status") !== "success") return notAnAnswer(answer.body);
  const ages = itemsOf(valueAt(document, "data", "result")).flatMap((series) => {
    const age = Number(textOf(itemsOf(valueAt(series, "value"))[1]) ?? Number.NaN);
    return Number.isFinite(age) && Math.abs(age) <= 300 ? [age] : [];
  });
  if (ages.length === 0) return { outcome: "nothing", says: "no target has a sample of the last 5 minutes" };
  const oldest = Math.round(ages.reduce((most, age) => Math.max(most, age)));
  return { outcome: "fresh", says: `samples of ${ages.length} targets; the oldest is ${oldest} s old` };
}

/** The lines that were sent, where some were; otherwise any line of the last hour. */
async function linesThrough(
  door: GrafanaDoor,
  source: Source,
  { must, may }: Lines,
  session: ReadSession,
): Promise<Flow> {
  for (const sent of must) {
    const shown = await isShown(door, source, sent, session);
    if (typeof shown !== "boolean") return shown;
    if (!shown)
      return {
        outcome: "nothing",
        says: `Loki has the line that was sent on ${sent.host}, and Grafana does not show it`,
      };
  }
  if (must.length > 0) return shownLines(must);
  for (const sent of may) {
    const shown = await isShown(door, source, sent, session);
    if (typeof shown !== "boolean") return shown;
    if (shown) return shownLines([sent]);
  }
  return await anyLine(door, source, session);
}

const shownLines = (sent: readonly SentLine[]): Flow => ({
  outcome: "fresh",
  says: `the lines that were sent on ${sent.map(({ host }) => host).join(", ")}`,
});

/** What went wrong instead of an answer. */
async function isShown(
  door: GrafanaDoor,
  source: Source,
  { line, labels }: SentLine,
  session: ReadSession,
): Promise<boolean | Flow> {
  const query = `${selector(labels)} |~ ${JSON.stringify(patternOf(line))}`;
  const answer = await door.get(`${proxy(source)}${rangePath(query, "5m")}`, session);
  return failure(answer) ?? valuesOf(answer.body).some((text) => text.includes(line));
}

async function anyLine(door: GrafanaDoor, source: Source, session: ReadSession): Promise<Flow> {
  const labels = await door.get(`${proxy(source)}/loki/api/v1/labels`, session);
  const failed = failure(labels);
  if (failed) return failed;
  const document = parsed(labels.body);
  if (valueAt(document, "status") !== "success") return notAnAnswer(labels.body);
  const names = itemsOf(valueAt(document, "data")).flatMap((name) => textOf(name) ?? []);
  for (const name of ["job", "service_name", "host", ...names]
    .filter((one) => names.includes(one))
    .slice(0, 6)) {
    const answer = await door.get(`${proxy(source)}${rangePath(`{${name}=~".+"}`, "1h")}`, session);
    const lost = failure(answer);
    if (lost) return lost;
    if (valuesOf(answer.body).length > 0)
      return { outcome: "fresh", says: "there are lines of the last hour" };
  }
  return { outcome: "nothing", says: "there is no line of the last hour" };
}

const rangePath = (query: string, since: string): string =>
  `/loki/api/v1/query_range?since=${since}&limit=5&query=${encodeURIComponent(query)}`;

/** One label of the stream: answers name structured metadata (`detected_level`) beside the labels, and those select nothing. */
function selector(labels: Readonly<Record<string, string>>): string {
  const name = commonLabels.find((label) => labels[label] !== undefined) ?? Object.keys(labels)[0] ?? "job";
  return `{${name}=${JSON.stringify(labels[name] ?? "")}}`;
}

function valuesOf(body: string): string[] {
  return itemsOf(valueAt(parsed(body), "data", "result")).flatMap((stream) =>
    itemsOf(valueAt(stream, "values")).flatMap((entry) => textOf(itemsOf(entry)[1]) ?? []),
  );
}

/** Grafana's own refusals are not seen as the data source's: nobody could look. */
function failure({ status, body, failed }: WebAnswer): Flow | undefined {
  if (failed !== undefined || status === undefined)
    return { outcome: "not-asked", says: failed ?? "no answer" };
  if (status === 401 || status === 403)
    return { outcome: "not-asked", says: `Grafana answered ${status}: ${shortly(body)}` };
  if (status >= 200 && status < 300) return undefined;
  return { outcome: "nothing", says: `Grafana answered ${status}: ${shortly(body)}` };
}

function notAnAnswer(body: string): Flow {
  return { outcome: "not-asked", says: `what came is no answer of a data source: ${shortly(body)}` };
}

function refusal({ status, body, failed }: WebAnswer, door: GrafanaDoor): Missing | undefined {
  const what = `Grafana's data sources and dashboards (${door.base})`;
  if (failed !== undefined)
    return {
      because: "unreachable",
      detail: `${what}: ${failed}`,
      decideWith: `curl -si ${door.base}/api/health`,
    };
  if (status === 401 || status === 403 || (status !== undefined && status >= 300 && status < 400)) {
    if (door.isLoggedIn)
      return {
        because: "forbidden",
        detail: `${what}: this login is not accepted or may not read them (${status}: ${shortly(body)})`,
        decideWith: login,
      };
    const { because, next } = door.loginRefused ?? { because: "Grafana asks for a login", next: login };
    return { because: "forbidden", detail: `${what}: ${because}`, decideWith: next };
  }
  if (status !== 200)
    return {
      because: "unreachable",
      detail: `${what}: Grafana answered ${status}: ${shortly(body)}`,
      decideWith: `curl -si ${door.base}/api/health`,
    };
  if (Array.isArray(parsed(body))) return undefined;
  return {
    because: "unparseable",
    detail: `${what}: what came is no list: ${shortly(body)}`,
    decideWith: `curl -su USER ${door.base}/api/datasources`,
  };
}

function item(door: GrafanaDoor, path: string, body: CollectedItem["body"]): CollectedItem {
  const command = `curl -s ${door.isLoggedIn ? "-u USER " : ""}'${door.base}${path}'`;
  return {
    locator: `${door.host === undefined ? "" : `${door.host}: `}${command}`,
    how: door.how,
    command,
    ...(door.host === undefined ? {} : { host: door.host }),
    hints: { component: "grafana" },
    body,
  };
}

function sourceOf(entry: unknown): Source[] {
  const [uid, name, type, url] = ["uid", "name", "type", "url"].map((key) => textOf(valueAt(entry, key)));
  if (!uid || !name || (type !== "prometheus" && type !== "loki")) return [];
  return [{ uid, name, type, ...(url === undefined ? {} : { url }) }];
}

function shortly(body: string): string {
  return body.trim().split("\n")[0]?.slice(0, 160) || "nothing";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
