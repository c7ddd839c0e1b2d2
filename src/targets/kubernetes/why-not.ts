// Why an answer of the API server is no evidence, in a sentence, with the command that would tell more.
import type { Missing } from "../../model/collected.ts";
import type { ApiAnswer } from "../../model/door.ts";

export interface Asked {
  /** Asks the server whether we may. */
  readonly canI: string;
  /** The same read by hand. */
  readonly byHand: string;
}

/** Undefined when the answer is good: complete, and with a status of success. */
export function whyNot(answer: ApiAnswer, { canI, byHand }: Asked): Missing | undefined {
  const { status = 0, failure, truncated } = answer;
  if (failure) return connectionMissing(failure);
  if (truncated)
    return {
      because: "too-large",
      detail: `the answer is larger than ${Math.round(answer.body.length / 1_048_576)} MiB`,
      decideWith: byHand,
    };
  if (status >= 200 && status < 300) return undefined;
  const said = messageOf(answer);
  switch (status) {
    case 401:
      return {
        because: "forbidden",
        detail: `the API server does not accept these credentials; they may have expired (${said})`,
        decideWith: "kubectl auth whoami",
      };
    case 403:
      return { because: "forbidden", detail: said, decideWith: canI };
    case 404:
      return { because: "absent", detail: said, decideWith: byHand };
    case 429:
      return {
        because: "unreachable",
        detail: `the API server has too many requests and refused this one each time (${said})`,
        decideWith: byHand,
      };
    default:
      return {
        because: status === 504 ? "timed-out" : status >= 500 ? "unreachable" : "unreadable",
        detail: `the API server answered ${status}: ${said}`,
        decideWith: byHand,
      };
  }
}

export function connectionMissing({ kind, detail }: NonNullable<ApiAnswer["failure"]>): Missing {
  const { because, text, next } = sentences[kind];
  return { because, detail: `${text}: ${detail}`, decideWith: next };
}

const sentences: Readonly<
  Record<
    NonNullable<ApiAnswer["failure"]>["kind"],
    { readonly because: Missing["because"]; readonly text: string; readonly next: string }
  >
> = {
  refused: {
    because: "unreachable",
    text: "nothing accepts connections at the API server's address",
    next: "kubectl cluster-info",
  },
  "timed-out": {
    because: "timed-out",
    text: "the API server did not answer in time",
    next: "kubectl get --raw /readyz --request-timeout=60s",
  },
  reset: {
    because: "unreachable",
    text: "the connection to the API server broke",
    next: "kubectl get --raw /readyz",
  },
  name: {
    because: "unreachable",
    text: "the name of the API server does not resolve",
    next: "kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}'",
  },
  tls: {
    because: "unreachable",
    text: "the certificate of the API server is not accepted, or it does not speak TLS",
    next: "kubectl get --raw /version -v=6",
  },
  other: { because: "unreachable", text: "the API server cannot be reached", next: "kubectl cluster-info" },
};

/** `message` of the API's Status object, or the first line of whatever came. */
export function messageOf({ status, body }: ApiAnswer): string {
  const text = Buffer.from(body.subarray(0, 8_192)).toString("utf8").trim();
  const message = statusMessage(text);
  return (message ?? text.split("\n", 1)[0] ?? "").slice(0, 500) || `status ${status ?? "unknown"}, no text`;
}

/** Undefined when this is no Status object of the API server. */
export function statusMessage(text: string): string | undefined {
  if (!text.startsWith("{") || !/"kind"\s*:\s*"Status"/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "message" in value) return String(value.message);
  } catch {
    return undefined;
  }
  return undefined;
}
