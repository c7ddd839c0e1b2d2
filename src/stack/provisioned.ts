// Which dashboard files Grafana provisions: a file in a repository may as well wait for somebody to import it by hand.
import type { ConfigDocument } from "../model/config.ts";
import type { Stack } from "../model/stack.ts";
import { listAt, textAt } from "./config-value.ts";

/** Can this dashboard be one that a provider loads? Without anything that speaks of provisioning it cannot be claimed. */
export function isProvisioned(
  document: ConfigDocument,
  documents: readonly ConfigDocument[],
  stack: Pick<Stack, "components">,
): boolean {
  const source = document.path ?? document.at.source;
  if (document.embeddedIn || /(?:^|\/)provisioning\/|\/var\/lib\/grafana\//.test(source)) return true;
  const providers = documents.filter(({ kind }) => kind === "grafana-dashboard-providers");
  if (providers.length === 0) return false;
  const mounted = stack.components
    .filter(({ kind }) => kind === "grafana")
    .flatMap(({ docker }) => docker?.mounts ?? [])
    .flatMap(({ source: folder }) => (folder?.includes("/") ? [folder.replace(/^(?:\.{1,2}\/)+/, "")] : []));
  // A provider is there; what its container mounts decides, and where that is not known, where the two files lie.
  const folders = mounted.length > 0 ? mounted : providers.flatMap(foldersOf);
  return folders.some((folder) => folder === "" || isInside(source, folder));
}

/** Do all these files belong to one Grafana? Files of one folder do, and so do ConfigMaps, which a sidecar gathers. */
export function sameProvisioning(
  one: { readonly source: string; readonly isEmbedded: boolean },
  other: { readonly source: string; readonly isEmbedded: boolean },
): boolean {
  return (one.isEmbedded && other.isEmbedded) || folderOf(one.source) === folderOf(other.source);
}

/** Beside the provider, or in a folder called like the one it loads (`/var/lib/grafana/dashboards`). */
function foldersOf(provider: ConfigDocument): readonly string[] {
  const loaded = listAt(provider.value, "providers").flatMap((entry) => {
    const path = textAt(entry, "options", "path") ?? textAt(entry, "options", "folder");
    return path === undefined ? [] : path.split("/").filter(Boolean).slice(-1);
  });
  return [folderOf(provider.path ?? provider.at.source).replace(/\/$/, ""), ...loaded];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function isInside(file: string, folder: string): boolean {
  const wanted = folder.replace(/\/+$/, "");
  return wanted !== "" && `/${folderOf(file)}`.includes(`/${wanted.replace(/^\//, "")}/`);
}
