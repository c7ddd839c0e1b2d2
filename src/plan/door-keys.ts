// How a host asks a component of its own that wants a certificate or a password: curl, with what lies in the component's folder.
import { quoteWord } from "../model/quote.ts";

/** The words before curl's own. The files are root's and the component's: who asks has to be root. */
export function curlWithKeys(keys: string): string {
  return `env -C ${quoteWord(keys)} curl -K curl.conf`;
}

/** What `curl.conf` says; the other files lie beside it. */
export function curlConfig(
  hasTls: boolean,
  login: { readonly username: string; readonly password: string } | undefined,
): string {
  const word = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  return [
    ...(hasTls ? ['cacert = "ca.crt"', 'cert = "tls.pem"', 'key = "tls.pem"'] : []),
    ...(login ? [`user = ${word(`${login.username}:${login.password}`)}`] : []),
    "",
  ].join("\n");
}
