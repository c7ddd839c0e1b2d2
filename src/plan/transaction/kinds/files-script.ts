// The one script that changes all files on a host, each by rename, and how it gets there with their contents.
import { type HostAccess, runScript } from "../doors.ts";
import { finish } from "../host-file.ts";
import { tarOf } from "../tar.ts";
import type { Image } from "./files-image.ts";

export function besideOf(path: string, tag: string): string {
  const at = path.lastIndexOf("/") + 1;
  return `${path.slice(0, at)}.${path.slice(at)}.before-${tag}`;
}

/** d folder, f file, x away, k secret, b secret back. Exit codes as in host-file.ts. */
const functions = (tag: string): string => `wm_sha() { sha256sum < "$1" | cut -c1-64; }
t=.watchmend-${tag}.tmp
d() { [ -d "$1" ] || mkdir -p "$1" || exit 73; chown "$2" "$1" && chmod "$3" "$1" || exit 73; }
put() { rm -f "$2" && cp "$1" "$2" && chown "$4" "$2" && chmod "$5" "$2" && mv -f "$2" "$3" || exit 73; }
now() { if [ -e "$1" ]; then wm_sha "$1"; else echo absent; fi; }
f() {
  [ "$(wm_sha "$1")" = "$6" ] || exit 71
  case "$(now "$2")" in "$5"|"$6") ;; *) echo "$2 was changed by somebody at this moment" >&2; exit 72;; esac
  put "$1" "\${2%/*}/$t" "$2" "$3" "$4"; touched="$touched $2"
}
x() { case "$(now "$1")" in absent) rm -f "\${1%/*}/$t";; "$2") rm -f "$1";; *) echo "$1 was changed by somebody" >&2; exit 72;; esac; }
k() {
  b="\${2%/*}/.\${2##*/}.before-${tag}"
  for old in "\${2%/*}/.\${2##*/}".before-*; do [ "$old" = "$b" ] || rm -f "$old"; done
  [ ! -e "$2" ] || [ -e "$b" ] || cp -p "$2" "$b" || exit 73
  put "$1" "\${2%/*}/$t" "$2" "$3" "$4"
}
b() {
  b="\${1%/*}/.\${1##*/}.before-${tag}"
  [ -e "$b" ] || { echo "the secret that was in $1 before is not beside it any more" >&2; exit 72; }
  chown "$2" "$b" && chmod "$3" "$b" && mv -f "$b" "$1" || exit 73
}
`;

/** The script travels with the contents, so that no limit of a command line applies. */
export async function send(
  access: HostAccess,
  one: Image,
  fence: string,
  lines: readonly string[],
  entries: ReadonlyMap<string, Buffer>,
): Promise<void> {
  const script = `umask 022\ntouched=\n${functions(one.tag)}${lines.join("\n")}\nsync 2>/dev/null $touched || sync\n`;
  const archive = tarOf([["act.sh", Buffer.from(script)], ...entries]);
  const bootstrap = `umask 077
s=$(mktemp -d) || exit 71
cd "$s" && tar -xf - || { rm -rf "$s"; exit 71; }
${fence}sh ./act.sh; c=$?
cd / && rm -rf "$s"
exit $c`;
  await finish(access, one.host, await runScript(access, bootstrap, { stdin: archive, timeoutMs: 120_000 }));
}
