// Gets images onto a host before anything there is stopped.
import { quoteWord } from "../../model/quote.ts";
import { failureOf, type HostAccess, runScript } from "../transaction/doors.ts";

const patienceMs = 600_000;

/** Why one of them cannot be had; undefined when all are there. */
export async function pullImages(
  access: HostAccess,
  engine: "docker" | "podman",
  images: readonly string[],
): Promise<string | undefined> {
  for (const image of images) {
    const word = quoteWord(image);
    const script = `${engine} image inspect ${word} >/dev/null 2>&1 || ${engine} pull -q ${word} >/dev/null`;
    const result = await runScript(access, script, { timeoutMs: patienceMs });
    if (result.code !== 0)
      return `image ${image} is not there and cannot be pulled: ${failureOf(access, result)}`;
  }
  return undefined;
}
