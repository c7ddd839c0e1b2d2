// How a job or a remote write logs in: names are carried over, secrets become references.
import { memberOf, textOf, valueAt } from "../../model/json-value.ts";
import type { Place } from "../../model/place.ts";
import type { ScrapeInput } from "../schema.ts";
import { type ImportDraft, note } from "./draft.ts";

export function credentialsOf(
  draft: ImportDraft,
  job: unknown,
  name: string,
  at: Place,
): Pick<ScrapeInput, "basic_auth" | "bearer_token"> {
  const variable = name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  const username = textOf(valueAt(job, "basic_auth", "username"));
  const told = (what: string, env: string): void =>
    note(draft, at, `the ${what} of job ${name}`, `secrets are never copied: set ${env} when applying`);
  if (username !== undefined) {
    told("password", `${variable}_PASSWORD`);
    return { basic_auth: { username, password: `\${env:${variable}_PASSWORD}` } };
  }
  const isBearer =
    memberOf(job, "authorization") !== undefined || memberOf(job, "bearer_token") !== undefined;
  if (!isBearer) return {};
  told("token", `${variable}_TOKEN`);
  return { bearer_token: `\${env:${variable}_TOKEN}` };
}

/** A password in a URL is a secret like any other; who logs in is none. A header in the configuration goes before it. */
export function withoutLogin(url: string): { readonly url: string; readonly username?: string } {
  const found = /^([a-z]+:\/\/)([^\s/?#]*)@(.*)$/i.exec(url);
  if (!found) return { url };
  const [, scheme = "", login = "", rest = ""] = found;
  const username = login.split(":")[0] ?? "";
  return { url: `${scheme}${rest}`, ...(username === "" ? {} : { username }) };
}
