// containerd's config.toml (also k3s' template output): which runtime options and registries a node really has.
import type { Segment } from "../../model/evidence.ts";
import type { Parser } from "../parser.ts";
import { DocumentFault } from "./document-fault.ts";
import { newLineLog } from "./line-log.ts";
import { readToml } from "./toml-reader.ts";
import { configDocument, documentOfReader, type ParsedDocument } from "./yaml-document.ts";

const sign =
  /^\s{0,40}\[{1,2}\s{0,5}(?:plugins\s{0,5}\.|plugins\s{0,5}\]|grpc\s{0,5}\]|cgroup\s{0,5}\]|timeouts\s{0,5}\]|proxy_plugins|stream_processors|ttrpc\s{0,5}\])/m;

export const containerdConfig: Parser = {
  id: "containerd-config",
  reads: "/etc/containerd/config.toml, `containerd config dump`",
  provides: ["config.documents"],
  readsFiles: true,
  recognise(segment) {
    const head = segment.text.slice(0, 64 * 1024);
    if (!sign.test(head)) return 0;
    return /io\.containerd\.|^\s*version\s*=\s*[1-4]\s*$|^\s*disabled_plugins\s*=|SystemdCgroup/m.test(head)
      ? 0.95
      : 0.5;
  },
  parse(segment, emit) {
    emit.fact("config.documents", configDocument(segment, readDocument(segment), "containerd"));
  },
};

function readDocument(segment: Segment): ParsedDocument {
  try {
    return documentOfReader(segment, readToml(segment.text));
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    return documentOfReader(segment, { value: undefined, log: newLineLog(), fault: error });
  }
}
