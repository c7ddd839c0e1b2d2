// The frame of every HTML page: policy, style and script inline, nothing loaded.
import { html, type Markup, trusted } from "./markup.ts";
import { contentSecurityPolicy } from "./policy.ts";
import { pageScript } from "./script.ts";
import { styleSheet } from "./style.ts";

export function page(title: string, body: Markup): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(contentSecurityPolicy)}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
${body}<script>${trusted(pageScript)}</script>
</body>
</html>
`;
  return document.markup;
}
