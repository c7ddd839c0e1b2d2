// Data sources in Grafana's provisioning files.
import type { ConfigDocument } from "../../model/config.ts";
import { booleanOf, itemsOf, memberOf, numberOf, textOf } from "../../model/json-value.ts";
import type { Emit } from "../parser.ts";
import { nearestLine } from "./yaml-document.ts";

export function emitProvisionedDatasources(doc: ConfigDocument, emit: Emit): void {
  emit.seen("grafana.datasources");
  for (const [index, item] of itemsOf(memberOf(doc.value, "datasources")).entries()) {
    const name = textOf(memberOf(item, "name"));
    const type = textOf(memberOf(item, "type"));
    if (name === undefined && type === undefined) continue;
    const pointer = `/datasources/${index}`;
    const place = (at: string) => ({
      source: doc.at.source,
      line: nearestLine(doc.lines, at, doc.at.line ?? 1),
    });
    const uid = textOf(memberOf(item, "uid"));
    const url = textOf(memberOf(item, "url"));
    const access = textOf(memberOf(item, "access"));
    const isDefault = booleanOf(memberOf(item, "isDefault"));
    const orgId = numberOf(memberOf(item, "orgId"));
    emit.fact("grafana.datasources", {
      at: place(pointer),
      origin: "provisioned",
      name: name ?? type ?? "",
      type: type ?? "",
      ...(uid === undefined ? {} : { uid }),
      ...(url === undefined ? {} : { url, urlAt: place(`${pointer}/url`) }),
      ...(access === undefined ? {} : { access }),
      ...(isDefault === undefined ? {} : { isDefault }),
      ...(orgId === undefined ? {} : { orgId }),
    });
  }
}
