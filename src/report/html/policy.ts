// The content security policy of the HTML report: even markup that slipped through could neither run nor load anything.

/**
 * SHA-256 of the style sheet and of the script. They are constants because this folder has no access to node:crypto; a
 * test compares them with the real texts and prints the new value after a change.
 */
export const styleHash = "AsZAljCj2nOb2lH+1usjjcY9HVs6yY0NYt97qfOKXvA=";
export const scriptHash = "IPwB2+Unyz9b+E12L7Dg5rVkcf/J8WFeUax9pOPb4j0=";

export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  `script-src 'sha256-${scriptHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
