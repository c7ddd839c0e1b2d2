// Whether Grafana's data sources answer: asked of Grafana itself, with the password of the model.

import { parse } from "yaml";
import { itemsOf, textOf, valueAt } from "../model/json-value.ts";
import { quoteWord } from "../model/quote.ts";
import type { StackHost } from "../model/stack-file.ts";
import { secretValue } from "../plan/secret-value.ts";
import { runScript } from "../plan/transaction/doors.ts";
import { curlOf, parsed, urlOf } from "./deploy-gate-samples.ts";
import type { Deployment } from "./deployment.ts";

export interface Datasources {
  readonly faults: readonly string[];
  readonly answers: number;
}

/** The password goes in by stdin, so that no list of processes shows it. */
export async function datasourceFaults(deployment: Deployment, host: StackHost): Promise<Datasources> {
  const access = deployment.doors.get(host.name);
  const base = urlOf(deployment, host.name, "grafana");
  if (!access || base === undefined) return { faults: [], answers: 0 };
  const sources = provisioned(deployment, host);
  const ref = deployment.stack.components.find(({ kind }) => kind === "grafana")?.adminPassword;
  const password = ref ? secretValue(ref) : "admin";
  const config = `user = "admin:${password.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"\nnoproxy = "*"\n`;
  const lines = sources.map(
    ({ uid }) =>
      `curl -s -m 15 -K "$k" -w '\\n%{http_code}\\n' ${quoteWord(`${base}/api/datasources/uid/${uid}/health`)} | tr -d '\\r' | tail -n 2 | paste -s -d '\\t'`,
  );
  const direct = sources.map(
    ({ url, type }) =>
      `${curlOf(deployment, host.name, type)} -s -m 5 -o /dev/null -w '%{http_code}\\n' ${quoteWord(url)}`,
  );
  const script = `command -v curl >/dev/null 2>&1 || { echo none; exit 0; }
umask 077; k=$(mktemp) && cat > "$k"
${lines.join("\n")}
rm -f "$k"
${direct.join("\n")}`;
  const result = await runScript(access, script, { stdin: config, timeoutMs: 120_000 });
  const out = Buffer.from(result.stdout).toString("utf8").split("\n");
  if (out[0] === "none") return { faults: [], answers: 0 };
  const faults = sources.flatMap(({ name, url }, i): string[] => {
    const [body = "", status = ""] = (out[i] ?? "").split("\t");
    const said = textOf(valueAt(parsed(body), "status"));
    if (/^ok$/i.test(said ?? "")) return [];
    // A password that was changed in Grafana since, or a version whose plugin cannot be asked: the source itself is asked.
    if (status === "401" || status === "403" || status === "404" || isUnaskable(body)) {
      const code = (out[sources.length + i] ?? "").trim();
      return /^2\d\d$/.test(code)
        ? []
        : [`data source ${name} does not answer at ${url} (${code === "000" ? "no answer" : code})`];
    }
    const detail =
      textOf(valueAt(parsed(body), "message")) ??
      (status === "000" ? "Grafana does not answer" : `status ${status}`);
    return [`data source ${name} does not answer: ${detail}`];
  });
  return { faults, answers: sources.length - faults.length };
}

/** Loki's plugin has no health check before Grafana 10.1. */
function isUnaskable(body: string): boolean {
  return /not implemented|plugin.{0,40}(?:not found|unavailable)|method not implemented/i.test(body);
}

interface Source {
  readonly name: string;
  readonly uid: string;
  readonly url: string;
  readonly type: string;
}

const readyPaths: Readonly<Record<string, string>> = {
  prometheus: "/-/ready",
  loki: "/ready",
  alertmanager: "/-/ready",
};

function provisioned({ desired }: Deployment, { name: host }: StackHost): readonly Source[] {
  const file = desired.hosts
    .find(({ name }) => name === host)
    ?.files.find(({ path }) => path.endsWith("/provisioning/datasources/watchmend.yaml"));
  const read: unknown = file ? parse(file.content) : undefined;
  return itemsOf(valueAt(read, "datasources")).flatMap((one): Source[] => {
    const [name, uid, url, type] = ["name", "uid", "url", "type"].map((key) => textOf(valueAt(one, key)));
    return name && uid && url
      ? [{ name, uid, type: type ?? "", url: `${url.replace(/\/$/, "")}${readyPaths[type ?? ""] ?? ""}` }]
      : [];
  });
}
