// What Alertmanager refuses at start can be read from the file: names that routes use and nobody defines.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import type { Stack } from "../../../model/stack.ts";
import { listAt, placeOf, textAt, valueAt } from "../../../stack/config-value.ts";

type Path = readonly (string | number)[];

interface Broken {
  readonly says: string;
  readonly at: Path;
}

const deepest = 10;

/** Complete files only: a block of Helm values is merged with receivers that do not stand in it. */
export function brokenReferences(documents: readonly ConfigDocument[], stack: Stack): FindingDraft[] {
  return documents.flatMap((doc): FindingDraft[] => {
    if (doc.kind !== "alertmanager" || doc.template || doc.fragment || doc.origin === "running") return [];
    const owner = stack.components.find(({ configs }) => configs.includes(doc));
    const fault = doc.parseError;
    if (fault)
      return [
        {
          subject: { kind: "file", id: doc.path ?? doc.at.source },
          ...(owner ? { component: owner.id } : {}),
          says: `${doc.path ?? doc.at.source} does not parse at line ${fault.at.line ?? "?"}: ${fault.message}: ${fault.excerpt.trim().slice(0, 120)}`,
          proof: [fault.at],
          certainty: "proven",
        },
      ];
    const [broken] = brokenIn(doc);
    if (!broken) return [];
    return [
      {
        subject: { kind: "file", id: doc.path ?? doc.at.source },
        ...(owner ? { component: owner.id } : {}),
        says: broken.says,
        proof: [placeOf(doc, ...broken.at)],
        certainty: "proven",
      },
    ];
  });
}

function brokenIn(doc: ConfigDocument): readonly Broken[] {
  const receivers = listAt(doc.value, "receivers").map((_receiver, i): Path => ["receivers", i]);
  // one without the other is a part of a file that somebody wanted to show
  if (receivers.length === 0 || !isRecord(valueAt(doc.value, "route"))) return [];
  const names = receivers.map((path) => textAt(doc.value, ...path, "name"));
  const twice = receivers.filter((_path, i) => names[i] !== undefined && names.indexOf(names[i]) < i);
  return [
    ...twice.map((path): Broken => {
      const name = textAt(doc.value, ...path, "name");
      return {
        at: [...path, "name"],
        says: `Receiver "${name}" is defined twice: notification config name "${name}" is not unique`,
      };
    }),
    ...undefinedIn(doc, ["route"], new Set(names), intervalsOf(doc), 0),
    ...(textAt(doc.value, "route", "receiver") === undefined
      ? [
          {
            at: ["route"],
            says: "The root route names no receiver: root route must specify a default receiver",
          },
        ]
      : []),
  ];
}

function intervalsOf({ value }: ConfigDocument): ReadonlySet<string | undefined> {
  return new Set(
    ["time_intervals", "mute_time_intervals"].flatMap((key) =>
      listAt(value, key).map((_interval, i) => textAt(value, key, i, "name")),
    ),
  );
}

function undefinedIn(
  doc: ConfigDocument,
  route: Path,
  names: ReadonlySet<string | undefined>,
  intervals: ReadonlySet<string | undefined>,
  depth: number,
): readonly Broken[] {
  if (depth > deepest) return [];
  const receiver = textAt(doc.value, ...route, "receiver");
  const own: Broken[] =
    receiver === undefined || names.has(receiver)
      ? []
      : [
          {
            at: [...route, "receiver"],
            says: `The route uses receiver "${receiver}", which the configuration does not define (it defines ${[...names].map((name) => `"${name}"`).join(", ")})`,
          },
        ];
  const times = ["mute_time_intervals", "active_time_intervals"].flatMap((key) =>
    listAt(doc.value, ...route, key).flatMap((_name, i): Broken[] => {
      const path = [...route, key, i];
      const name = textAt(doc.value, ...path);
      return name === undefined || intervals.has(name)
        ? []
        : [
            {
              at: path,
              says: `The route uses time interval "${name}", which the configuration does not define`,
            },
          ];
    }),
  );
  const below = listAt(doc.value, ...route, "routes").flatMap((_route, i) =>
    undefinedIn(doc, [...route, "routes", i], names, intervals, depth + 1),
  );
  return [...own, ...times, ...below];
}
