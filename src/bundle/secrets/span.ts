// Where a secret stands in a text.

export interface SecretSpan {
  /** 0-based line. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** What gave it away, for the list of what was removed. */
  readonly kind: SecretKind;
  /** Lines of one secret (a private key) share this value and so get one token. */
  readonly value?: string;
}

export type SecretKind =
  | "password"
  | "token"
  | "key"
  | "credentials"
  | "private-key"
  | "hash"
  | "webhook"
  | "kubernetes-secret"
  | "header";
