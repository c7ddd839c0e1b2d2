// `ports:` of a compose service: short strings, bare numbers, ranges and the long form.
import type { PublishedPort } from "../model/docker.ts";
import { parsePublishText, portsOfRange } from "../model/docker-text.ts";
import { given } from "../model/given.ts";
import { asList, asRecord, asText, type JsonRecord, type Spot } from "./compose-values.ts";

export function composePorts(value: unknown, spot: Spot): PublishedPort[] {
  return (asList(value) ?? []).flatMap((item, i) => {
    const long = asRecord(item);
    const own = spot.below(i);
    return long ? longPort(long, own) : parsePublishText(asText(item) ?? "", own.at);
  });
}

function longPort(port: JsonRecord, spot: Spot): PublishedPort[] {
  const targets = portsOfRange(asText(port.target) ?? "");
  const published = portsOfRange(asText(port.published) ?? "");
  return targets.map((containerPort, i) =>
    given({
      at: spot.at,
      hostIP: asText(port.host_ip),
      hostPort: published[targets.length === 1 ? 0 : i],
      containerPort,
      protocol: asText(port.protocol) ?? "tcp",
    }),
  );
}
