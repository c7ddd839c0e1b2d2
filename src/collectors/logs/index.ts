// The parsers of this folder: logs and free text. They need to know which texts the rules look for.
import type { TextPattern } from "../../model/pattern.ts";
import type { Parser } from "../parser.ts";
import { TextCollector } from "./collector.ts";
import { scanBytes } from "./scan.ts";
import { shapeOf } from "./shape.ts";
import { textSet } from "./texts.ts";

/** Free text is what no other parser claims, so these answer `recognise` with a low number. */
export function logParsers(texts: readonly TextPattern[]): readonly Parser[] {
  const set = textSet(texts);
  return [
    {
      id: "text",
      reads: "logs, console output and notes: any text that is no configuration file, script or table",
      provides: ["text.lines"],
      recognise({ text }) {
        const shape = shapeOf(text);
        if (shape === "log") return 0.3;
        return shape === "note" ? 0.1 : 0;
      },
      parse(segment, emit) {
        const { text, ...origin } = segment;
        const collector = new TextCollector(origin, set, shapeOf(text));
        scanBytes(Buffer.from(text), collector, set);
        collector.end(emit);
      },
    },
  ];
}
