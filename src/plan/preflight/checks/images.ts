// The image of every container: there, to be pulled, or pushed from a file of `docker save`. Nothing is pulled or pushed here.
import type { DesiredHost } from "../../../model/desired.ts";
import type { HostInput, ImageArchive, PreflightCheck, PreflightDraft } from "../../../model/preflight.ts";
import { quoteWord } from "../../../model/quote.ts";
import { answered, bytesText, quote, sshTo } from "../answers.ts";
import { archiveFor, imageIn, machineOf } from "../image-archives.ts";

export const check: PreflightCheck = {
  id: "images",
  proves: "the image of every container is there, can be pulled, or comes from a file",
  looks: ["uname"],
  asks: (_host, wanted, { archives }) => {
    const images = imagesOf(wanted);
    if (images.length === 0) return [];
    // One that comes from a file is not asked of a registry: air-gapped hosts would wait for it.
    const asked = images.map((image, i) => one(image, i, archiveFor(image, archives) === undefined));
    return [
      {
        id: "images-wanted",
        text: "{engine} image inspect IMAGE; {engine} manifest inspect IMAGE",
        run: `${asked.join("\n")}\nwait`,
        why: "whether the images are there, and whether the registry has those that are not",
        seconds: 25,
        failureSpeaks: true,
      },
    ];
  },
  judgeAll: ({ archives }) =>
    archives.flatMap(({ file, broken }): PreflightDraft[] =>
      broken === undefined
        ? []
        : [
            {
              host: "this machine",
              state: "warn",
              says: `${file} cannot be used: ${broken}`,
              next: `docker save -o ${file} IMAGE`,
            },
          ],
    ),
  judge: (input) => {
    const { host, wanted } = input;
    const images = imagesOf(wanted);
    if (images.length === 0) return [];
    const read = answered(input, "images-wanted", `which images ${host.name} has`);
    if ("draft" in read) return [read.draft];
    const told = images.map((image, i) => {
      const line = new RegExp(`^${i} (\\w+) ?(.*)$`, "m").exec(read.answer.text);
      const proof = quote(read.answer, (text) => text.startsWith(`${i} `));
      return { image, proof, ...verdict(input, line?.[1] ?? "", line?.[2]?.trim() ?? "", image) };
    });
    // One registry that does not answer is one reason, not one per image.
    const alike = new Map<string, typeof told>();
    for (const one of told) {
      const key = `${one.state} ${one.says("IMAGE")}`;
      alike.set(key, [...(alike.get(key) ?? []), one]);
    }
    return [...alike.values()].flatMap((group): PreflightDraft[] => {
      const [first] = group;
      if (!first) return [];
      const names = group.map(({ image }) => image).join(", ");
      const next = first.next?.(group.map(({ image }) => image));
      return [
        {
          host: host.name,
          state: first.state,
          says: first.says(names),
          proof: first.proof,
          ...(next ? { next } : {}),
        },
      ];
    });
  },
};

export function imagesOf(wanted: DesiredHost): readonly string[] {
  return [...new Set(wanted.containers.map(({ image }) => image))];
}

/** All at once; every answer is one short line, so that they do not mix. */
function one(image: string, i: number, asksRegistry: boolean): string {
  const word = quoteWord(image);
  const registry = asksRegistry
    ? `if m=$(timeout 20 {engine} manifest inspect ${word} 2>&1); then echo '${i} pullable'; elif [ $? = 124 ]; then echo '${i} refused no answer from the registry within 20 seconds'; else printf '${i} refused %s\\n' "$(printf %s "$m" | tr '\\n' ' ' | tail -c 300)"; fi`
    : `echo '${i} absent'`;
  const absent = "*'o such image'*|*'image not known'*|*'o such object'*";
  return `( if o=$({engine} image inspect -f '{{.Id}} {{.Architecture}}' ${word} 2>&1); then echo "${i} present $o"; else case $o in ${absent}) ${registry};; *) printf '${i} failed %s\\n' "$(printf %s "$o" | tr '\\n' ' ' | tail -c 300)";; esac; fi ) &`;
}

interface Verdict {
  readonly state: PreflightDraft["state"];
  /** About one image, or several with the same fate. */
  says(images: string): string;
  next?(images: readonly string[]): string;
}

function verdict(input: HostInput, state: string, rest: string, image: string): Verdict {
  const { host, archives } = input;
  const archive = archiveFor(image, archives);
  if (state === "present") return { state: "ok", says: (images) => `${images}: on ${host.name} already` };
  if (archive) return fromFile(input, image, archive);
  if (state === "pullable")
    return { state: "ok", says: (images) => `${images}: not on ${host.name} yet, and the registry has it` };
  const byFile: Verdict["next"] = (images) =>
    `docker save -o images/stack.tar ${images.join(" ")}   # where they can be pulled; then again with --images images/`;
  if (state !== "refused")
    return {
      state: "unknown",
      says: (images) => `whether ${images} is on ${host.name} is not known: ${rest || "no answer"}`,
      next: (images) => `${sshTo(host)} docker image inspect ${images.join(" ")}`,
    };
  if (/manifest unknown|no such manifest|name unknown/i.test(rest))
    return {
      state: "stop",
      says: (images) => `the registry has no ${images}`,
      next: (images) => `docker manifest inspect ${images[0]}   # is the version written right?`,
    };
  if (/denied|unauthorized|authentication required/i.test(rest))
    return {
      state: "stop",
      says: (images) => `the registry gives ${images} only to who is logged in, or does not have it`,
      next: (images) => `${sshTo(host)} -t docker login ${images[0]?.split("/")[0]}`,
    };
  if (/experimental|unknown command|is not a docker command/i.test(rest))
    return {
      state: "unknown",
      says: (images) => `${images}: not on ${host.name}, whose engine cannot ask a registry without pulling`,
      next: byFile,
    };
  return {
    state: "stop",
    says: (images) => `${images}: not on ${host.name}, and the registry cannot be asked from there (${rest})`,
    next: byFile,
  };
}

function fromFile({ sight, host }: HostInput, image: string, archive: ImageArchive): Verdict {
  const { file } = archive;
  const uname = sight.answers.get("uname");
  const machine = machineOf(uname && "text" in uname ? uname.text : "");
  const arch = imageIn(archive, image)?.arch;
  if (machine !== undefined && arch !== undefined && arch !== machine)
    return {
      state: "stop",
      says: (images) => `${file} holds ${images} for ${arch}, and ${host.name} is ${machine}`,
      next: (images) =>
        `docker pull --platform linux/${machine} ${images[0]}; docker save -o ${file} ${images[0]}`,
    };
  const size = bytesText(archive.bytes);
  return {
    state: "ok",
    says: (images) =>
      `${images}: not on ${host.name} yet, pushed from ${file} (${size}, sha256 ${archive.sha256.slice(0, 12)})`,
  };
}
