// Secrets are named, never written: where the value comes from when a plan is applied.

export interface SecretRef {
  /** An environment variable or a file of the machine that runs watchmend; or what it issues itself, by its place in the store. */
  readonly from: "env" | "file" | "issued";
  readonly name: string;
}

/** `${env:NAME}` or `file:/path`. */
export function parseSecretRef(text: string): SecretRef | undefined {
  const env = /^\$\{env:([A-Za-z_][A-Za-z0-9_]{0,200})\}$/.exec(text)?.[1];
  if (env !== undefined) return { from: "env", name: env };
  const file = /^file:(\S[^\n]{0,4000})$/.exec(text)?.[1];
  return file === undefined ? undefined : { from: "file", name: file };
}

export function secretRefText(ref: SecretRef): string {
  if (ref.from === "issued") return `issued: ${ref.name}`;
  return ref.from === "env" ? `\${env:${ref.name}}` : `file:${ref.name}`;
}
