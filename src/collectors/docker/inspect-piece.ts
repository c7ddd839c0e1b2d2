// One part of an inspect answer on its own, as `jq '.[0].State'` or a careful cut gives it, put back where it belongs.
import type { JsonNode } from "../loose-json.ts";

/** The container object that holds this piece; undefined when it is none, or already a whole container. */
export function wholeOfPiece(node: JsonNode): JsonNode | undefined {
  const path = pathOfPiece(node);
  return path?.reduceRight<JsonNode>(
    (inner, key) => ({
      kind: "object",
      line: node.line,
      members: new Map([[key, { line: node.line, node: inner }]]),
    }),
    node,
  );
}

function pathOfPiece(node: JsonNode): readonly string[] | undefined {
  if (node.kind === "array") {
    const isMounts =
      node.items.length > 0 &&
      node.items.every((item) => has(item, "Destination") && (has(item, "Source") || has(item, "Name")));
    return isMounts ? ["Mounts"] : undefined;
  }
  if (
    node.kind !== "object" ||
    ["State", "HostConfig", "Config", "NetworkSettings", "Mounts"].some((key) => isObject(node, key))
  ) {
    return isLogConfig(node) ? ["HostConfig", "LogConfig"] : undefined;
  }
  if (has(node, "ExitCode") && (has(node, "Status") || has(node, "Running"))) return ["State"];
  if (["NetworkMode", "PortBindings", "RestartPolicy", "Binds", "LogConfig"].some((key) => has(node, key)))
    return ["HostConfig"];
  if (has(node, "Networks") || (has(node, "Ports") && has(node, "IPAddress"))) return ["NetworkSettings"];
  if ((has(node, "Cmd") || has(node, "Entrypoint") || has(node, "ExposedPorts")) && has(node, "Image"))
    return ["Config"];
  return undefined;
}

function has(node: JsonNode, key: string): boolean {
  return node.kind === "object" && node.members.has(key);
}

function isObject(node: JsonNode, key: string): boolean {
  const kind = node.kind === "object" ? node.members.get(key)?.node.kind : undefined;
  return kind === "object" || kind === "array";
}

/** `{"Type": "json-file", "Config": {}}` and nothing else. */
function isLogConfig(node: JsonNode): boolean {
  return node.kind === "object" && node.members.size === 2 && has(node, "Type") && isObject(node, "Config");
}
