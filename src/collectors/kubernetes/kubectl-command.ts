// What a kubectl command line asked for: the verb, the resources, the namespace.
import { type ResourceType, resourceType } from "./resource-names.ts";

export interface KubectlCommand {
  readonly verb: string;
  readonly types: readonly ResourceType[];
  /** Words after the resource type: object names. */
  readonly names: readonly string[];
  readonly namespace?: string;
  readonly allNamespaces: boolean;
  readonly output?: string;
  /** The resource as it was typed, where it is one kind that is not known here. */
  readonly otherType?: string;
}

const start = /(?:^|[\s;&|(/])(?:kubectl(?:\.exe)?|oc|kc|k)\s+(?=\S)/;
const verbs =
  /^(?:get|describe|events?|top|rollout|auth|logs?|apply|exec|delete|patch|wait|version|cluster-info|api-resources|config|port-forward|create|scale|label|edit|cp|debug|run|expose|drain|cordon|uncordon|annotate|replace)$/;
const valueFlags =
  /^(?:-n|--namespace|-o|--output|-l|--selector|--context|--kubeconfig|-c|--container|--sort-by|--field-selector|-f|--filename|--as|--for|--cluster|--user|--server|-s|--token|--since|--tail|--types|--chunk-size|--request-timeout)$/;

/** Undefined when the line is not a kubectl command. */
export function parseKubectl(command: string | undefined): KubectlCommand | undefined {
  if (!command || command.length > 20_000) return undefined;
  const match = start.exec(command);
  if (!match) return undefined;
  const rest = command.slice(match.index + match[0].length).split(/\s(?:\|\|?|&&|;|>{1,2}|2>)|;/)[0] ?? "";
  return readWords(rest.split(/\s+/).filter(Boolean).map(unquote));
}

function readWords(words: readonly string[]): KubectlCommand | undefined {
  const plain: string[] = [];
  const flags = new Map<string, string>();
  let allNamespaces = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--") {
      if (plain.length > 0) break;
      continue;
    }
    if (!word.startsWith("-")) plain.push(word);
    else if (/^(?:-A|--all-namespaces(?:=true)?)$/.test(word)) allNamespaces = true;
    else if (word.includes("="))
      flags.set(word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1));
    else if (valueFlags.test(word)) flags.set(word, words[++i] ?? "");
    else if (/^-[no][a-z]/.test(word)) flags.set(word.slice(0, 2), word.slice(2));
  }
  const at = plain.findIndex((word) => verbs.test(word));
  if (at < 0) return undefined;
  const { types, names, otherType } = readResources(plain.slice(at + 1));
  const namespace = flags.get("-n") ?? flags.get("--namespace");
  const output = flags.get("-o") ?? flags.get("--output");
  return {
    verb: plain[at] ?? "",
    types,
    names,
    allNamespaces,
    ...(namespace ? { namespace } : {}),
    ...(output ? { output } : {}),
    ...(otherType ? { otherType } : {}),
  };
}

function readResources(words: readonly string[]): Pick<KubectlCommand, "types" | "names" | "otherType"> {
  const [first, ...others] = words;
  if (first === undefined) return { types: [], names: [] };
  if (first.includes("/")) {
    const pairs = words.map((word) => word.split("/"));
    return {
      types: pairs.flatMap(([type]) => resourceType(type ?? "") ?? []),
      names: pairs.flatMap(([, name]) => name ?? []),
    };
  }
  const types = first.split(",").flatMap((word) => resourceType(word) ?? []);
  const isOther = types.length === 0 && /^[a-z][a-z0-9.-]{2,}$/i.test(first) && first !== "all";
  return { types, names: others, ...(isOther ? { otherType: first } : {}) };
}

function unquote(word: string): string {
  return word.replace(/^["']|["']$/g, "");
}
