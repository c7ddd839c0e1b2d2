// The second look: logs of single containers, and what the components say through the API server's proxy.
import type { CollectedItem, Missing } from "../../model/collected.ts";
import type { ApiAnswer } from "../../model/door.ts";
import type { CloserLook, ReadLimits } from "../../model/target.ts";
import type { Reader } from "./patient-door.ts";
import { messageOf, statusMessage, whyNot } from "./why-not.ts";

type PodLog = Extract<CloserLook, { kind: "pod-log" }>;
type PodApi = Extract<CloserLook, { kind: "pod-api" }>;

const lines = 5_000;
/** A component that is well answers at once; one that is not must not hold up the others. */
const apiTimeoutMs = 8_000;

/** Undefined when there is nothing to tell: the container has not said anything that is kept, or the API is optional. */
export async function lookAt(
  look: CloserLook,
  reader: Reader,
  limits: ReadLimits,
): Promise<CollectedItem | undefined> {
  if (look.kind === "left-out")
    return {
      locator: look.what,
      how: "not read",
      body: { because: "absent", detail: look.because, decideWith: look.decideWith },
    };
  if (look.kind === "node-owners") return undefined;
  const startedAt = performance.now();
  const item =
    look.kind === "pod-log" ? await readLog(look, reader, limits) : await askApi(look, reader, limits);
  return item && { ...item, durationMs: Math.round(performance.now() - startedAt) };
}

export function logCommand({ namespace, pod, container, previous }: PodLog): string {
  return `kubectl logs -n ${namespace} ${pod} -c ${container}${previous ? " --previous" : ""} --timestamps`;
}

export function apiCommand(look: PodApi): string {
  return `kubectl get --raw '${apiPath(look)}'`;
}

function apiPath({ namespace, pod, port, scheme, path }: PodApi): string {
  return `/api/v1/namespaces/${namespace}/pods/${scheme === "https" ? "https:" : ""}${pod}:${port}/proxy${path}`;
}

async function readLog(look: PodLog, reader: Reader, limits: ReadLimits): Promise<CollectedItem | undefined> {
  const { namespace, pod, container, previous, component } = look;
  const command = logCommand(look);
  const about = {
    locator: command,
    how: "kubernetes-api",
    command,
    hints: {
      namespace,
      pod,
      container,
      ...(component ? { component } : {}),
      ...(previous ? { previous } : {}),
    },
  };
  let answer = await reader.get(logPath(look, lines, limits), { again: isOfRemovedRun });
  // The limit of bytes cuts off the newest lines, and those count: fewer lines, then, of which all fit.
  for (let tail = lines; tail > 50 && answer.status === 200 && answer.body.length >= limits.logBytes; ) {
    tail = Math.floor(tail / 8);
    answer = await reader.get(logPath(look, tail, limits));
  }
  const missing = whyNot(answer, {
    canI: `kubectl auth can-i get pods --subresource=log -n ${namespace}`,
    byHand: command,
  });
  if (!missing) return { ...about, body: answer.body };
  if (answer.status === 400 || answer.status === 404) return { ...about, body: noLog(answer, missing) };
  return { ...about, body: missing };
}

/** Between two starts the pod's status names a run that the runtime has removed already; a moment later it names the newer one. */
function isOfRemovedRun({ status, body }: ApiAnswer): boolean {
  return (
    status === 200 && Buffer.from(body.subarray(0, 200)).includes("unable to retrieve container logs for ")
  );
}

/** The container has not started yet, or what it said is no longer kept: nothing is hidden. */
function noLog(answer: ApiAnswer, missing: Missing): Missing {
  return { ...missing, because: "absent", detail: messageOf(answer) };
}

function logPath({ namespace, pod, container, previous }: PodLog, tail: number, limits: ReadLimits): string {
  const query = [
    `container=${encodeURIComponent(container)}`,
    "timestamps=true",
    `tailLines=${tail}`,
    `limitBytes=${limits.logBytes}`,
    previous ? "previous=true" : `sinceSeconds=${limits.sinceSeconds}`,
  ];
  return `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query.join("&")}`;
}

async function askApi(look: PodApi, reader: Reader, limits: ReadLimits): Promise<CollectedItem | undefined> {
  const command = apiCommand(look);
  const { namespace, pod, component } = look;
  const about = {
    locator: command,
    how: "pod-proxy",
    command,
    hints: { namespace, pod, component },
  };
  const answer = await reader.get(apiPath(look), {
    timeoutMs: Math.min(limits.itemTimeoutMs, apiTimeoutMs),
    ...(look.headBytes ? { maxBytes: look.headBytes } : {}),
  });
  const body = Buffer.from(answer.body);
  const notThere = proxyMessage(answer);
  if (notThere !== undefined)
    return {
      ...about,
      body: {
        because: "unreachable",
        detail: `the API server could not connect to port ${look.port} of the pod: ${notThere}`,
        decideWith: command,
      },
    };
  const { status = 0, failure } = answer;
  if (failure?.kind === "timed-out")
    return {
      ...about,
      body: {
        because: "timed-out",
        detail: `${component} did not answer ${look.path} in time: ${failure.detail}`,
        decideWith: command,
      },
    };
  if (failure || statusMessage(body.toString("utf8", 0, 8_192)) !== undefined)
    return { ...about, body: whyNot(answer, { canI: canProxy(namespace), byHand: command }) ?? unreadable };
  if (look.statusMatters) return { ...about, body: withStatus(body, status) };
  if (status >= 200 && status < 300) {
    if (answer.truncated && look.headBytes === undefined)
      return { ...about, body: whyNot(answer, { canI: canProxy(namespace), byHand: command }) ?? unreadable };
    return { ...about, body: look.headBytes ? wholeLines(body) : body };
  }
  if (look.optional && status < 500) return undefined;
  return { ...about, body: refusedByComponent(look, status, messageOf(answer)) };
}

const unreadable: Missing = { because: "unreadable", detail: "the answer makes no sense" };

function canProxy(namespace: string): string {
  return `kubectl auth can-i get pods --subresource=proxy -n ${namespace}`;
}

/** The API server's own words when the pod does not answer it; the component's words otherwise. */
function proxyMessage({ status, body }: ApiAnswer): string | undefined {
  if (status === undefined || status < 500) return undefined;
  const text = Buffer.from(body.subarray(0, 8_192)).toString("utf8").trim();
  const said = statusMessage(text) ?? text;
  return /^error trying to reach service: ([\s\S]{1,500})/i.exec(said)?.[1]?.replace(/^'|'$/g, "");
}

/** A status other than 200 stands below the body, as `curl -w '\n%{http_code}'` prints it. */
function withStatus(body: Buffer, status: number): Uint8Array {
  if (status === 200) return body;
  return Buffer.concat([
    body,
    Buffer.from(`${body.at(-1) === 0x0a || body.length === 0 ? "" : "\n"}${status}\n`),
  ]);
}

function wholeLines(body: Buffer): Uint8Array {
  const end = body.lastIndexOf(0x0a);
  return end < 0 ? body : body.subarray(0, end + 1);
}

function refusedByComponent({ component, path }: PodApi, status: number, said: string): Missing {
  if (status === 401 || status === 403)
    return { because: "absent", detail: `${component} asks for a login before it answers ${path}` };
  if (status === 404) return { because: "absent", detail: `this ${component} has no ${path}` };
  return { because: "unreadable", detail: `${component} answered ${status}: ${said}` };
}
