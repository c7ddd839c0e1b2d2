// A query result or a push that is larger than one gRPC message may be.
import { placedNumber } from "../../../stack/setting.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

const keys = ["grpc_server_max_recv_msg_size", "grpc_server_max_send_msg_size"] as const;

export const rule = textRule({
  id: "loki/grpc-message-too-large",
  title: "A message between Loki's processes is larger than grpc_server_max_recv_msg_size (default 4 MB)",
  why: "Query results and pushes travel between Loki's processes as one gRPC message each. server.grpc_server_max_recv_msg_size and grpc_server_max_send_msg_size are 4194304 bytes by default; a wide query or a big batch exceeds that and fails with ResourceExhausted. The limit is only read at start.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-answer",
  texts: [
    "received message larger than max ({size#} vs. {limit#})",
    "trying to send message larger than max ({size#} vs. {limit#})",
    "received message after decompression larger than max ({size#} vs. {limit#})",
    "received message after decompression larger than max {limit#}",
  ],
  from: ["loki", "grafana", "promtail", "alloy"],
  except: ["receive series from", "thanos", "tempo", "otelcol"],
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const { size, limit } = hit.captures;
    if (size && limit && Number(size) <= Number(limit)) return { holds: false };
    const isSend = /trying to send/i.test(hit.line.text);
    const key = isSend ? keys[1] : keys[0];
    const set = lokiSettings(facts, stack, hit.component).flatMap(
      ({ doc }) => placedNumber(doc, "server", key) ?? [],
    )[0];
    if (!set || !limit) return { holds: true };
    if (set.value > Number(limit))
      return {
        holds: true,
        proof: [set.at],
        says: `The message is ${size ?? "more than"} bytes and the limit in force is still ${limit}, although the file says server.${key}: ${set.value}: Loki has not been restarted since, or another process (frontend_worker or ingester_client grpc_client_config) has its own limit`,
      };
    return {
      holds: true,
      proof: [set.at],
      says: `server.${key} is ${set.value} bytes, and a message of ${size ?? "more"} bytes does not fit: raise both grpc_server_max_recv_msg_size and grpc_server_max_send_msg_size`,
    };
  },
  says: ({ captures, line }) => {
    const key = /trying to send/i.test(line.text) ? keys[1] : keys[0];
    const isDefault = captures.limit === "4194304";
    return `A gRPC message of ${captures.size ?? "too many"} bytes exceeds the limit of ${captures.limit ?? "4194304"}${isDefault ? " (the default, 4 MB)" : ""}: raise server.${key}, on both sides of the connection`;
  },
  rivals: [
    {
      rule: "loki/request-body-too-large",
      tellApart: "that is HTTP 413 from a proxy or Loki's push, with no gRPC code",
    },
  ],
  decideWith: "curl -s http://LOKI:3100/config | grep -n 'msg_size'",
  references: [
    "https://github.com/grafana/loki/issues/2271",
    "https://github.com/grafana/loki/issues/13995",
    "https://grafana.com/docs/loki/latest/configure/#server",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Set server.grpc_server_max_recv_msg_size and server.grpc_server_max_send_msg_size to 104857600 (100 MB; with separate processes also frontend_worker and ingester_client grpc_client_config), then restart Loki",
      keys.map((key) => ({ path: ["server", key], value: 104857600 })),
    ),
});
