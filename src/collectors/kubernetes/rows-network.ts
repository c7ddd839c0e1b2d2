// Services, Endpoints and EndpointSlices from the rows of `kubectl get` tables.
import type { Endpoints, Service, ServicePort } from "../../model/kubernetes.ts";
import type { Place } from "../../model/place.ts";
import { known, parseLabels, type Row, shown } from "./row.ts";

export function serviceFromRow(row: Row): Service {
  const type = shown(row, "TYPE");
  const ports = parsePorts(row.cells["PORT(S)"], row.at);
  return {
    at: row.at,
    origin: "live",
    name: row.name,
    ...known({
      namespace: row.namespace,
      type,
      clusterIP: type === "ExternalName" ? undefined : shown(row, "CLUSTERIP"),
      externalName: type === "ExternalName" ? shown(row, "EXTERNALIP") : undefined,
      labels: parseLabels(row.cells.LABELS),
      selector: parseLabels(row.cells.SELECTOR),
      selectorAt: row.cells.SELECTOR === undefined ? undefined : row.at,
      ports,
    }),
  };
}

/** `3100:31100/TCP,9096/TCP`; `<none>` is an answer: no ports. */
export function parsePorts(text: string | undefined, at: Place): readonly ServicePort[] | undefined {
  if (text === undefined) return undefined;
  if (text === "<none>") return [];
  const ports: ServicePort[] = [];
  for (const match of text.slice(0, 4_000).matchAll(/(\d{1,5})(?::(\d{1,5}))?\/([A-Za-z]+)/g)) {
    const nodePort = match[2] === undefined ? {} : { nodePort: Number(match[2]) };
    ports.push({ at, port: Number(match[1]), ...nodePort, protocol: (match[3] ?? "TCP").toUpperCase() });
  }
  return ports.length > 0 ? ports : undefined;
}

/** The ENDPOINTS column shows ready addresses only, and leaves `notReady` unknown. */
export function endpointsFromRow(row: Row): Endpoints | undefined {
  if (!row.columns.has("ENDPOINTS")) return undefined;
  return {
    at: row.at,
    name: row.name,
    ...known({ namespace: row.namespace }),
    ready: parseAddresses(row.cells.ENDPOINTS),
  };
}

/** `10.244.1.17:3100,10.244.1.18:3100 + 3 more...` */
export function parseAddresses(text: string | undefined): readonly string[] {
  return (text ?? "")
    .slice(0, 20_000)
    .split(",")
    .map((part) => part.trim().replace(/ \+ \d+ more\.*$/, ""))
    .filter((part) => part !== "" && !part.startsWith("<"));
}

/**
 * The table of slices lists ready and not-ready addresses alike, so only an empty one says something about readiness.
 * The Service's name is the slice's without the random suffix.
 */
export function emptySliceFromRow(row: Row): Endpoints | undefined {
  if (!row.columns.has("ENDPOINTS") || parseAddresses(row.cells.ENDPOINTS).length > 0) return undefined;
  const name = row.name.replace(/-[a-z0-9]{5}$/, "");
  return { at: row.at, name, ...known({ namespace: row.namespace }), ready: [], notReady: [] };
}
