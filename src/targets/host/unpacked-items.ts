// The files of an archive as items of their own, each under the path that people know it by.
import { type CollectedItem, isMissing } from "../../model/collected.ts";
import type { HostCommand } from "./host-command.ts";
import { unpackTar } from "./unpack-tar.ts";

export async function* filesOf(command: HostCommand, item: CollectedItem): AsyncGenerator<CollectedItem> {
  const { body, host = "", path = "", how, hints } = item;
  if (isMissing(body) || !(body instanceof Uint8Array)) {
    yield item;
    return;
  }
  if (body.length === 0) return;
  const { files, isDamaged } = await unpackTar(body);
  for (const { name, bytes } of files) {
    if (!isText(bytes)) continue;
    const full = command.container === undefined ? `/${name}` : inContainer(path, name);
    const place =
      command.container === undefined ? `${host}:${full}` : `${host}: ${command.container}:${full}`;
    yield { locator: place, how, host, path: full, ...(hints ? { hints } : {}), body: bytes };
  }
  if (isDamaged && files.length === 0) {
    const detail = Buffer.from(body).toString("utf8").trim().slice(0, 300);
    yield {
      ...item,
      body: {
        because: "unreadable",
        detail,
        ...(item.command ? { decideWith: `ssh ${host} ${item.command}` } : {}),
      },
    };
  }
}

/** `docker cp NAME:/etc/loki -` names its files from the last folder on: `loki/config.yaml`. */
function inContainer(folder: string, name: string): string {
  return `${folder.replace(/\/[^/]*\/?$/, "")}/${name}`;
}

function isText(bytes: Uint8Array): boolean {
  return bytes.length > 0 && !bytes.subarray(0, 4_096).includes(0);
}
