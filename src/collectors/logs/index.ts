// The parsers of this folder: logs and free text. They need to know which texts the rules look for.
import { given } from "../../model/given.ts";
import type { TextPattern } from "../../model/pattern.ts";
import type { Parser } from "../parser.ts";
import { collectText } from "./collect.ts";
import { certain } from "./component.ts";
import { componentOfName } from "./names.ts";
import { readLine } from "./read-line.ts";
import { longestLine } from "./scan.ts";
import { type Shape, shapeOfSegment } from "./shape.ts";
import { matchesOf, textSet } from "./texts.ts";

/** Longer outputs of other tools are tables and objects, not messages. */
const noticedLength = 200_000;

/** Free text is what no other parser claims, so these answer `recognise` with a low number. */
export function logParsers(texts: readonly TextPattern[]): readonly Parser[] {
  return [
    {
      id: "text",
      reads: "logs, console output and notes: any text that is no configuration file, script or table",
      provides: ["text.lines", "host.dials"],
      most: 0.3,
      recognise(segment) {
        const shape = shapeOfSegment(segment);
        if (shape === "log") return 0.3;
        return shape === "note" ? 0.1 : 0;
      },
      parse(segment, emit) {
        collectText(segment, textSet(texts), emit);
      },
      /** A rule's text may also stand in what another parser reads for its values: the answer of a curl, a status line. */
      notices(segment, emit) {
        if (segment.isWhole || segment.text.length > noticedLength) return;
        const set = textSet(texts);
        segment.text.split("\n").forEach((raw, i) => {
          if (raw.length <= 4 || raw.length > longestLine || matchesOf(set, raw).length === 0) return;
          if (!isProse(shapeOfSegment(segment))) return;
          const { bare, opinion } = readLine(raw, i);
          const { text, namespace, pod, container, host, timeMs } = bare;
          const component =
            opinion && opinion.weight >= certain ? opinion.component : componentOfName(container);
          const line = segment.startLine + i;
          emit.text(
            given({
              text,
              line,
              stream: "output" as const,
              component,
              namespace,
              pod,
              container,
              host,
              timeMs,
            }),
          );
        });
      },
    },
  ];
}

/** What stands in code and configuration was written there, nobody has said it. */
function isProse(shape: Shape): boolean {
  return shape === "log" || shape === "note";
}
