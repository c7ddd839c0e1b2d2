// Services, Endpoints and EndpointSlices from `kubectl describe`.
import type { Endpoints, Service, ServicePort } from "../../model/kubernetes.ts";
import { type Described, flagOf, numberOf } from "./describe-container.ts";
import type { DescribedName } from "./describe-pod.ts";
import { type Entry, find, pairsOf, shownValue } from "./describe-tree.ts";
import { known } from "./row.ts";
import { parseAddresses } from "./rows-network.ts";

export function serviceFromEntries(entries: readonly Entry[], who: DescribedName, text: Described): Service {
  const [first] = entries;
  const selector = find(entries, "Selector");
  const headless = find(entries, "IP")?.value === "None";
  return {
    at: first ? text.place(first) : { source: "" },
    origin: "live",
    ...who,
    ...known({
      type: shownValue(entries, "Type"),
      clusterIP: headless ? "None" : shownValue(entries, "IP"),
      labels: pairsOf(find(entries, "Labels"), "="),
      selector: pairsOf(selector, "="),
      selectorAt: selector && text.place(selector),
      ports: portsOf(entries, text),
      externalName: shownValue(entries, "External Name"),
      publishNotReadyAddresses: flagOf(shownValue(entries, "Publish Not Ready Addresses")),
    }),
  };
}

/** `Port: http 9090/TCP`, followed by its TargetPort and NodePort. */
function portsOf(entries: readonly Entry[], text: Described): readonly ServicePort[] {
  const ports: ServicePort[] = [];
  for (const entry of entries) {
    const match = /^(?:(\S+)\s+)?(\d{1,5}|[\w-]+)\/(\w+)/.exec(entry.value);
    const last = ports.at(-1);
    if (!match) continue;
    const [, name, number = "", protocol = "TCP"] = match;
    if (entry.key === "Port" && numberOf(number) !== undefined) {
      const named = name === undefined || name === "<unset>" ? {} : { name };
      ports.push({ at: text.place(entry), port: Number(number), protocol, ...named });
    } else if (entry.key === "TargetPort" && last) ports[ports.length - 1] = { ...last, targetPort: number };
    else if (entry.key === "NodePort" && last)
      ports[ports.length - 1] = { ...last, ...known({ nodePort: numberOf(number) }) };
  }
  return ports;
}

/** What a described Service says about its endpoints: the ready ones. */
export function endpointsOfService(
  entries: readonly Entry[],
  who: DescribedName,
  text: Described,
): Endpoints | undefined {
  const shown = entries.filter((entry) => entry.key === "Endpoints");
  const [first] = shown;
  if (!first) return undefined;
  const ready = [...new Set(shown.flatMap((entry) => parseAddresses(entry.value)))];
  return { at: text.place(first), ...who, ready };
}

/** A described Endpoints object: addresses and ports apart. */
export function endpointsFromEntries(
  entries: readonly Entry[],
  who: DescribedName,
  text: Described,
): Endpoints {
  const [first] = entries;
  const subsets = find(entries, "Subsets")?.children ?? [];
  const ready: string[] = [];
  const notReady: string[] = [];
  for (const [i, entry] of subsets.entries()) {
    if (entry.key !== "Addresses" && entry.key !== "NotReadyAddresses") continue;
    const rows = subsets.slice(i).find((later) => later.key === "Ports")?.children ?? [];
    const ports = rows.flatMap((row) => /\s(\d{1,5})\s+(?:TCP|UDP|SCTP)$/.exec(row.text)?.[1] ?? []);
    const addresses = parseAddresses(entry.value);
    const full = addresses.flatMap((ip) => (ports.length > 0 ? ports.map((port) => `${ip}:${port}`) : [ip]));
    (entry.key === "Addresses" ? ready : notReady).push(...full);
  }
  return { at: first ? text.place(first) : { source: "" }, ...who, ready, notReady };
}

export function sliceFromEntries(entries: readonly Entry[], who: DescribedName, text: Described): Endpoints {
  const [first] = entries;
  const service = pairsOf(find(entries, "Labels"), "=")?.["kubernetes.io/service-name"];
  const rows = find(entries, "Ports")?.children ?? [];
  const ports = rows.flatMap((row) => /\s(\d{1,5})\s+(?:TCP|UDP|SCTP)$/.exec(row.text)?.[1] ?? []);
  const ready: string[] = [];
  const notReady: string[] = [];
  for (const entry of find(entries, "Endpoints")?.children ?? []) {
    if (!/^- ?Addresses$/.test(entry.key)) continue;
    const conditions = find(entry.children, "Conditions")?.children ?? [];
    const isReady = flagOf(shownValue(conditions, "Ready")) !== false;
    for (const ip of parseAddresses(entry.value)) {
      (isReady ? ready : notReady).push(...(ports.length > 0 ? ports.map((port) => `${ip}:${port}`) : [ip]));
    }
  }
  const name = service ?? who.name.replace(/-[a-z0-9]{5}$/, "");
  return { at: first ? text.place(first) : { source: "" }, ...who, name, ready, notReady };
}
