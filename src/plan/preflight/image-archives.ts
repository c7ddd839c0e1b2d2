// Which file of `docker save` holds an image: names are compared as Docker means them, not as they are written.
import type { ImageArchive } from "../../model/preflight.ts";

/** `docker.io/grafana/loki:3.7.6` and `grafana/loki:3.7.6` are one image. */
export function plainImage(image: string): string {
  const named = image.replace(/@sha256:[0-9a-f]{64}$/, "");
  const short = named.replace(/^(?:index\.)?docker\.io\//, "").replace(/^library\//, "");
  return /:[\w.-]+$/.test(short) ? short : `${short}:latest`;
}

export function archiveFor(image: string, archives: readonly ImageArchive[]): ImageArchive | undefined {
  return archives.find((archive) => imageIn(archive, image) !== undefined);
}

export function imageIn({ images }: ImageArchive, image: string): ImageArchive["images"][number] | undefined {
  const wanted = plainImage(image);
  return images.find(({ tags }) => tags.some((tag) => plainImage(tag) === wanted));
}

/** The architecture as images write it, from `uname -a`. */
export function machineOf(uname: string): string | undefined {
  const known: Readonly<Record<string, string>> = {
    x86_64: "amd64",
    aarch64: "arm64",
    armv7l: "arm",
    armv6l: "arm",
    i686: "386",
    ppc64le: "ppc64le",
    s390x: "s390x",
    riscv64: "riscv64",
  };
  return uname.split(/\s+/).flatMap((word) => known[word] ?? [])[0];
}
