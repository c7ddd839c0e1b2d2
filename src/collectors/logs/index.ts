// The parsers of this folder: logs and free text. They need to know which texts the rules look for.
import type { Segment } from "../../model/evidence.ts";
import type { TextPattern } from "../../model/pattern.ts";
import type { Parser } from "../parser.ts";
import { collectText } from "./collect.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { textSet } from "./texts.ts";

const shapes = new WeakMap<Segment, Shape>();

/** Free text is what no other parser claims, so these answer `recognise` with a low number. */
export function logParsers(texts: readonly TextPattern[]): readonly Parser[] {
  return [
    {
      id: "text",
      reads: "logs, console output and notes: any text that is no configuration file, script or table",
      provides: ["text.lines", "host.dials"],
      recognise(segment) {
        const shape = shapes.get(segment) ?? shapeOf(segment.text);
        shapes.set(segment, shape);
        if (shape === "log") return 0.3;
        return shape === "note" ? 0.1 : 0;
      },
      parse(segment, emit) {
        collectText(segment, textSet(texts), emit);
      },
    },
  ];
}
