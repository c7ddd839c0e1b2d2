// Brings images to a host that has no registry: the file goes over the connection that is open, is compared, and loaded.
import { createReadStream } from "node:fs";
import type { ImageArchive } from "../../model/preflight.ts";
import { quoteWord, quoteWords } from "../../model/quote.ts";
import { failureOf, type HostAccess, runScript } from "../transaction/doors.ts";

const patienceMs = 1_800_000;
const damagedCode = 93;
const absentCode = 94;

/** Why they could not be brought; undefined when they are there. Nothing but the images stays behind. */
export async function pushImages(
  access: HostAccess,
  engine: "docker" | "podman",
  { file, sha256 }: ImageArchive,
  images: readonly string[],
): Promise<string | undefined> {
  const words = quoteWords(images);
  const script = `for i in ${words}; do ${engine} image inspect "$i" >/dev/null 2>&1 || { m=1; break; }; done
[ -n "$m" ] || { cat >/dev/null; exit 0; }
umask 077
d=$(mktemp -d /var/tmp/watchmend-image.XXXXXX) || exit
trap 'rm -rf "$d"' EXIT; trap 'exit 130' HUP INT TERM
cat >"$d/image" || exit
[ "$(sha256sum <"$d/image" | cut -d' ' -f1)" = ${quoteWord(sha256)} ] || exit ${damagedCode}
${engine} load -q -i "$d/image" >/dev/null || exit
for i in ${words}; do ${engine} image inspect "$i" >/dev/null 2>&1 || { echo "$i" >&2; exit ${absentCode}; }; done`;
  const result = await runScript(access, script, {
    timeoutMs: patienceMs,
    stdinFrom: () => createReadStream(file),
  });
  if (result.code === 0) return undefined;
  const said = failureOf(access, result);
  if (result.code === damagedCode)
    return `${file} arrived on ${access.door.host} damaged: its checksum is another one`;
  if (result.code === absentCode) return `${file} was loaded, and ${said} is not in it`;
  return `${file} could not be loaded: ${said}`;
}
