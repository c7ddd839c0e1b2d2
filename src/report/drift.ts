// Drift for people: per host what somebody changed there, and what the model asks for since.
import type { Drifted, HostPlan } from "../model/deployment.ts";
import { difference } from "./deployment.ts";
import type { TextOptions } from "./options.ts";
import { createInk, type Ink } from "./text/ink.ts";
import { unreachedHost } from "./unreached-host.ts";

export function renderDrift(
  stack: string,
  drifted: readonly Drifted[],
  hosts: readonly HostPlan[],
  options: TextOptions = {},
): string {
  const ink = createInk(options);
  const unseen = hosts.filter(({ state }) => state === "unreachable");
  const blocks = hosts.flatMap((one) => {
    const { host } = one;
    if (one.state === "unreachable") return [...unreachedHost(one, "cannot be reached", ink), ""];
    const own = drifted.filter((one) => one.host === host);
    return own.length === 0 ? [] : [ink.bold(host), ...own.flatMap((one) => lines(one, ink)), ""];
  });
  const count = (since: Drifted["since"]): number => drifted.filter((one) => one.since === since).length;
  const parts = [
    count("host") > 0 ? `${count("host")} changed on hosts` : "",
    count("model") > 0 ? `${count("model")} changed in the model since the last apply` : "",
    count("never") > 0 ? `${count("never")} hosts without an apply` : "",
    unseen.length > 0 ? `${unseen.length} hosts could not be seen` : "",
  ].filter((part) => part !== "");
  const end =
    parts.length === 0
      ? `No drift: ${hosts.length} host${hosts.length === 1 ? " is" : "s are"} as the last apply left them, and as the model says.`
      : `${parts.join(", ")}. watchmend plan shows what apply would do.`;
  return [ink.bold(`Stack ${stack}`), "", ...blocks, end].join("\n");
}

function lines({ subject, since, says, fields, before, after }: Drifted, ink: Ink): string[] {
  const sign = since === "host" ? ink.red("!") : ink.yellow("~");
  const diff = before !== undefined && after !== undefined ? difference(after, before, ink) : [];
  return [
    `  ${sign} ${subject}: ${says}`,
    // Seen from what should be there: minus is missing, plus is what somebody added.
    ...(since === "host"
      ? diff
      : difference(before ?? "", after ?? "", ink).slice(0, before === undefined ? 0 : undefined)),
    ...(since === "host" ? fields : []).map(
      ({ field, before: is, after: wanted }) =>
        `      ${field}: is ${is || "nothing"}, was ${wanted || "nothing"}`,
    ),
  ];
}
