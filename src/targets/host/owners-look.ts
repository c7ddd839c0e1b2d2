// Who owns what is mounted, with the folders above it: write access is lost at any of them.
import { quoteWords } from "../../model/quote.ts";
import type { HostCommand } from "./host-command.ts";
import type { SeenContainer } from "./inspected.ts";
import type { Draft } from "./look-draft.ts";

/** Owners and modes, in numbers, of everything that is mounted, and of the folders above it. */
export function ownersOf(containers: readonly SeenContainer[]): Draft[] {
  const sources = containers
    .flatMap(({ mounts }) => mounts.map(({ source }) => source))
    .filter((source) => !/^\/(?:proc|sys|dev)(?:\/|$)/.test(source));
  return ownersOfPaths(sources);
}

/** The same of a cluster's node, whose containers belong to another engine. */
export function ownersOnNode(paths: readonly string[]): readonly HostCommand[] {
  return ownersOfPaths(paths).map((command) => ({ ...command, id: "owners" }));
}

function ownersOfPaths(sources: readonly string[]): Draft[] {
  const paths = [...new Set(sources.flatMap(withParents))]
    .filter((path) => path !== "/")
    .sort()
    .slice(0, 400);
  if (paths.length === 0) return [];
  return [
    {
      text: `{asroot} stat -L -c '%u:%g %a %F %i %n' ${quoteWords(paths)}`,
      why: "numeric owner, group and mode of what is mounted",
      failureSpeaks: true,
      optional: true,
    },
  ];
}

function withParents(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join("/")}`);
}
