// What changes go through. The executor of plans knows these two and nothing of ssh or kubeconfigs.

export interface RunOptions {
  readonly stdin?: Uint8Array | string;
  /** Instead of `stdin`, for what is too large to hold: read once, as fast as the other end takes it. */
  readonly stdinFrom?: () => AsyncIterable<Uint8Array>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Of stdout; more is cut and `truncated` is set. */
  readonly maxBytes?: number;
}

export interface RunResult {
  /** Exit code; undefined when the program did not end by itself. */
  readonly code?: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
  readonly timedOut?: boolean;
  readonly truncated?: boolean;
}

/** A host: commands are scripts for `sh`; every word that comes from data is written with `quoteWord`. */
export interface HostDoor {
  readonly host: string;
  /** Throws only when the host cannot be reached (UserError); a failing script is a result. */
  run(script: string, options: RunOptions): Promise<RunResult>;
  close(): Promise<void>;
}

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with query, as in `kubectl get --raw`. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** Passed on to what is asked through the API server; never a login. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** More than this is cut and `truncated` is set. */
  readonly maxBytes?: number;
}

export interface ApiAnswer {
  /** HTTP status; undefined when no answer came, then `failure` says why. */
  readonly status?: number;
  readonly body: Uint8Array;
  readonly truncated?: boolean;
  /** What a 429 or 503 asked for in `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly failure?: {
    readonly kind: "refused" | "timed-out" | "reset" | "name" | "tls" | "other";
    readonly detail: string;
  };
}

/** A cluster's API server, as kubectl reaches it. */
export interface ClusterDoor {
  readonly context: string;
  request(request: ApiRequest): Promise<ApiAnswer>;
  close(): Promise<void>;
}
