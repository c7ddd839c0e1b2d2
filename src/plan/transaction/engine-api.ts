// Requests to a host's container engine by its API: what a container is made from is told and taken whole there, as no command line can.
import { isRecord } from "../../model/json-value.ts";
import { Refused } from "../edit/refusal.ts";
import { failureOf, type HostAccess, runScript } from "./doors.ts";

export interface EngineAnswer {
  readonly status: number;
  readonly json: unknown;
}

export interface EngineRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** Shell lines that must hold right before the request goes out. */
  readonly fence?: string;
  readonly timeoutMs?: number;
}

/** Over the connection that `docker system dial-stdio` opens (since 18.09); it honours DOCKER_HOST and contexts. */
export async function engineRequest(access: HostAccess, request: EngineRequest): Promise<EngineAnswer> {
  const body = request.body === undefined ? "" : JSON.stringify(request.body);
  const head = [
    `${request.method} ${request.path} HTTP/1.1`,
    "Host: docker",
    "Connection: close",
    ...(body === "" ? [] : ["Content-Type: application/json"]),
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    "",
  ].join("\r\n");
  // Stdin stays open behind the request: engines take a connection that is closed on one side for a client that has gone.
  const script = `command -v docker >/dev/null 2>&1 || { echo "there is no docker on this host" >&2; exit 1; }
${request.fence ?? ""}d=$(mktemp -d) && mkfifo "$d/in" || exit 1
exec 3<&0
( cat <&3; exec sleep 120 ) > "$d/in" &
docker system dial-stdio < "$d/in"; c=$?
kill $! 2>/dev/null
rm -rf "$d"
exit $c`;
  const result = await runScript(access, script, {
    stdin: `${head}${body}`,
    timeoutMs: request.timeoutMs ?? 60_000,
  });
  const answer = parseAnswer(Buffer.from(result.stdout));
  if (!answer) throw new Refused("unreadable", `the engine's API: ${failureOf(access, result)}`);
  return answer;
}

export function parseAnswer(bytes: Buffer): EngineAnswer | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.subarray(0, end).toString("latin1");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
  if (!Number.isInteger(status)) return undefined;
  const rest = bytes.subarray(end + 4);
  const text = (/^transfer-encoding:\s*chunked/im.test(head) ? unchunked(rest) : rest).toString("utf8");
  try {
    return { status, json: text.trim() === "" ? undefined : JSON.parse(text) };
  } catch {
    return { status, json: { message: text.trim().slice(0, 300) } };
  }
}

function unchunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf("\r\n", at);
    const size = line < 0 ? 0 : Number.parseInt(bytes.subarray(at, line).toString("latin1"), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

/** Throws what the engine says when it refuses. */
export async function mustAnswer(access: HostAccess, request: EngineRequest): Promise<unknown> {
  const { status, json } = await engineRequest(access, request);
  if (status >= 200 && status < 400) return json;
  const message = isRecord(json) && typeof json.message === "string" ? json.message : `status ${status}`;
  throw new Refused("unreadable", `${access.door.host}: the engine refuses: ${message}`);
}

/** What `docker inspect` shows; undefined when there is no such container. */
export async function inspectContainer(
  access: HostAccess,
  name: string,
): Promise<Record<string, unknown> | undefined> {
  const { status, json } = await engineRequest(access, {
    method: "GET",
    path: `/containers/${encodeURIComponent(name)}/json`,
  });
  if (status === 404) return undefined;
  if (status !== 200 || !isRecord(json))
    throw new Refused(
      "unreadable",
      `${access.door.host}: container ${name} cannot be looked at (status ${status})`,
    );
  return { ...json };
}
