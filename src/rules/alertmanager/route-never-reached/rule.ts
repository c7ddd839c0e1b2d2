// A route behind one that already takes all its alerts: its team is never told.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord, textOf } from "../../../model/json-value.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, placeOf, textAt, valueAt } from "../../../stack/config-value.ts";
import { byHand } from "../../by-hand.ts";
import { editStep, filesOf, ownerOf, readAgain, repair } from "../../change-configuration.ts";

type Path = readonly (string | number)[];
const deepest = 10;

export const rule = defineRule({
  id: "alertmanager/route-never-reached",
  title:
    "A route of Alertmanager is never reached, because an earlier one takes all its alerts and does not continue",
  why: "Alertmanager goes through the routes of one level in order and stops at the first that matches, unless it says `continue: true`. A route whose matchers all stand in an earlier one as well, or that follows a route without matchers, never gets an alert: what was meant for its receiver goes to the earlier one.",
  severity: "warning",
  component: "alertmanager",
  layer: "delivery",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  uses: ["kubernetes.objects"],
  decideWith: "amtool config routes test --config.file=alertmanager.yml LABEL=VALUE",
  references: ["https://prometheus.io/docs/alerting/latest/configuration/#route"],
  check({ "config.documents": documents }, stack) {
    return documents.flatMap((doc): FindingDraft[] => {
      if (doc.kind !== "alertmanager" || doc.origin === "running" || !isRecord(valueAt(doc.value, "route")))
        return [];
      const owner = stack.components.find(({ configs }) => configs.includes(doc));
      return deadRoutes(doc, ["route"]).map(({ dead, taker }) => ({
        subject: { kind: "file", id: doc.path ?? doc.at.source },
        ...(owner ? { component: owner.id } : {}),
        says: `The route to ${receiverOf(doc, dead)} (${describe(doc, dead)}) is never reached: the earlier route to ${receiverOf(doc, taker)} (${describe(doc, taker)}) takes all its alerts and does not say continue: true`,
        proof: [placeOf(doc, ...dead), placeOf(doc, ...taker)],
        certainty: "proven",
      }));
    });
  },
  fix: (finding, facts, stack) =>
    repair("Let the earlier route pass its alerts on: both receivers are told", "safe", [
      ...filesOf(facts, "alertmanager").flatMap((doc) =>
        deadRoutes(doc, ["route"])
          .filter(({ dead }) => placeOf(doc, ...dead).line === finding.proof[0]?.line)
          .map(({ taker }) =>
            editStep(doc, "Let the earlier route continue", [
              { op: "set", path: [...taker, "continue"], value: true },
            ]),
          ),
      ),
      ...readAgain(ownerOf(finding, stack)),
    ]) ??
    byHand(
      "Put the narrower route first, or set continue: true on the earlier one if both shall be told",
      "Change the order of the routes",
      "amtool config routes show --config.file=alertmanager.yml",
      "safe",
    ),
});

function deadRoutes(doc: ConfigDocument, path: Path, depth = 0): { dead: Path; taker: Path }[] {
  if (depth > deepest) return [];
  const below = listAt(doc.value, ...path, "routes").map((_route, i) => {
    const route: Path = [...path, "routes", i];
    const isOpen = valueAt(doc.value, ...route, "continue") !== true;
    return { route, matchers: matchersOf(doc, route), isOpen };
  });
  const dead = below.flatMap(({ route, matchers }, i) => {
    const taker = below.slice(0, i).find((other) => other.isOpen && covers(other.matchers, matchers));
    return taker ? [{ dead: route, taker: taker.route }] : [];
  });
  return [...dead, ...below.flatMap(({ route }) => deadRoutes(doc, route, depth + 1))];
}

/** Every condition of the earlier route is one of the later: whatever the later would take, the earlier has taken. */
function covers(earlier: readonly string[], later: readonly string[]): boolean {
  return earlier.every((condition) => later.includes(condition));
}

/** Old and new way of writing them, in one form: `severity="critical"`. */
function matchersOf(doc: ConfigDocument, route: Path): string[] {
  const old = (key: string, sign: string): string[] =>
    Object.entries(valueAt(doc.value, ...route, key) ?? {}).map(
      ([name, value]) => `${name}${sign}"${textOf(value) ?? ""}"`,
    );
  const written = listAt(doc.value, ...route, "matchers").flatMap((item) =>
    splitMatchers(textOf(item) ?? ""),
  );
  return [...old("match", "="), ...old("match_re", "=~"), ...written];
}

function splitMatchers(text: string): string[] {
  const inner = text.trim().replace(/^\{/, "").replace(/\}$/, "");
  return inner.split(/,(?=\s*[A-Za-z_"])/).flatMap((part) => {
    const match = /^\s*"?([A-Za-z_][\w.]*)"?\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$/.exec(part.slice(0, 2_000));
    return match ? [`${match[1]}${match[2]}"${match[3]}"`] : [];
  });
}

function receiverOf(doc: ConfigDocument, route: Path): string {
  for (let path = route; path.length > 0; path = path.slice(0, -2)) {
    const name = textAt(valueAt(doc.value, ...path), "receiver");
    if (name !== undefined) return name;
  }
  return "the default receiver";
}

function describe(doc: ConfigDocument, route: Path): string {
  return matchersOf(doc, route).join(", ") || "no matchers: it takes every alert";
}
