// Which folders a log agent must see for the files it follows.
import type { FileLog, StackFile, StackHost } from "../model/stack-file.ts";

export function fileLogsOf(stack: StackFile, host: StackHost): readonly FileLog[] {
  return stack.logs.files.filter((file) => file.hosts.includes(host.name));
}

/** Folders to mount, none inside another. */
export function logMounts(stack: StackFile, host: StackHost): readonly string[] {
  const folders = fileLogsOf(stack, host).map((file) => fixedFolder(file.path));
  const readsJournal = stack.logs.journal || (host.runtime === "podman" && stack.logs.docker);
  const all = [...new Set([...(readsJournal ? ["/var/log"] : []), ...folders])].sort();
  return all.filter((one) => !all.some((other) => other !== one && isBelow(one, other)));
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/** `/var/lib/jenkins/jobs` of `/var/lib/jenkins/jobs/*\/builds/*\/log`. */
function fixedFolder(path: string): string {
  const parts = path.split("/");
  const wild = parts.findIndex((part) => /[*?[{]/.test(part));
  const folder = parts.slice(0, wild === -1 ? -1 : wild).join("/");
  return folder === "" ? "/" : folder;
}
