// Whatever a document looks like: an edit changes what it says, nothing else, and only once; and no text breaks it.
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { parseDocument, stringify } from "yaml";
import type { DocumentEdit } from "../../src/model/plan.ts";
import { editDocument } from "../../src/plan/edit-document.ts";

/** `PROPERTY_RUNS=20` looks twenty times as hard. */
const effort = Number(process.env.PROPERTY_RUNS ?? "1");
const runs = (most: number): number => Math.ceil((most * effort) / 5);
vi.setConfig({ testTimeout: 20_000 + 60_000 * effort });

const word = fc.constantFrom(
  "server",
  "port",
  "a-b",
  "x",
  "with space",
  "名",
  "9090",
  "yes",
  "a: b",
  "#c",
  "'q'",
);
const text = fc.oneof(
  fc.constantFrom(
    "plain",
    "127.0.0.1:9095",
    "a: b",
    "yes",
    "0644",
    "",
    " lead",
    "tail ",
    "- x",
    "'",
    '"',
    "#",
    "{{ x }}",
    "tab\there",
    "é",
    "2025-01-01",
    "two\nlines\n",
    "no\nend",
    "1e3",
    "[",
    "*a",
    "&b",
    "!t",
    "@",
    "%",
    "?",
    "~",
    "null",
  ),
  fc.string({ maxLength: 12 }),
);
const scalar = fc.oneof(text, fc.integer({ min: -1000, max: 70000 }), fc.boolean(), fc.constant(null));
const { data } = fc.letrec<{ data: unknown; map: unknown; list: unknown }>((tie) => ({
  data: fc.oneof({ depthSize: "small", withCrossShrink: true }, scalar, tie("map"), tie("list")),
  map: fc.dictionary(word, tie("data"), { maxKeys: 4 }),
  list: fc.array(tie("data"), { maxLength: 4 }),
}));
const root = fc.dictionary(word, data, { minKeys: 1, maxKeys: 5 });

/** How somebody might have written it: indentation, quotes, comments, blank lines, line ends. */
const habits = fc.record({
  indent: fc.constantFrom(1, 2, 3, 4, 8),
  indentSeq: fc.boolean(),
  singleQuote: fc.constantFrom(true, false, null),
  collectionStyle: fc.constantFrom("any" as const, "flow" as const, "block" as const),
  json: fc.constantFrom(0, 0, 0, 1, 2),
  noise: fc.array(fc.constantFrom("", "", "", "", "comment", "blank", "trailing"), { maxLength: 30 }),
  crlf: fc.boolean(),
  finalBreak: fc.boolean(),
});
type Habits = typeof habits extends fc.Arbitrary<infer T> ? T : never;

function written(value: unknown, how: Habits): string {
  const { indent, indentSeq, singleQuote, collectionStyle } = how;
  const yaml = stringify(value, {
    indent,
    indentSeq,
    singleQuote,
    collectionStyle,
    lineWidth: 0,
    version: "1.1",
  });
  // The writer itself makes mistakes (`block` with empty collections); such texts are written as JSON instead.
  const isJson = how.json > 0 || JSON.stringify(read(yaml)) !== JSON.stringify(value);
  const plain = isJson ? JSON.stringify(value, undefined, how.json === 1 ? 0 : indent) : yaml;
  const lines = plain.replace(/\n$/, "").split("\n");
  const noisy = isJson ? lines : withNoise(lines, how.noise, value);
  return noisy.join(how.crlf ? "\r\n" : "\n") + (how.finalBreak ? (how.crlf ? "\r\n" : "\n") : "");
}

/** Comments and blanks only where another reader agrees that they change nothing. */
function withNoise(lines: readonly string[], noise: readonly string[], value: unknown): string[] {
  const noisy = lines.flatMap((line, i) => {
    const kind = noise[i % Math.max(1, noise.length)];
    if (kind === "comment") return [`${/^ */.exec(line)?.[0]}# note ${i}`, line];
    if (kind === "blank") return ["", line];
    return kind === "trailing" ? [`${line}   # end ${i}`] : [line];
  });
  const reread = parseDocument(noisy.join("\n"), { logLevel: "silent", version: "1.1" });
  const same = reread.errors.length === 0 && JSON.stringify(reread.toJS()) === JSON.stringify(value);
  return same ? noisy : [...lines];
}

function pathsOf(value: unknown, above: readonly (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value))
    return value.flatMap((entry, i) => [[...above, i], ...pathsOf(entry, [...above, i])]);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => [
    [...above, key],
    ...pathsOf(entry, [...above, key]),
  ]);
}

function apply(source: string, edits: readonly DocumentEdit[]): ReturnType<typeof editDocument> {
  return editDocument(source, { do: "edit-document", title: "t", file: { source: "f" }, edits });
}

function put(value: unknown, path: readonly (string | number)[], wanted: unknown): unknown {
  const copy = structuredClone(value) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1);
  if (last !== undefined) at[last] = wanted;
  return copy;
}

const read = (source: string): unknown => {
  const document = parseDocument(source, { logLevel: "silent", version: "1.1" });
  return document.errors.length > 0 ? document.errors : document.toJS();
};

/** Order of keys may differ where a key was taken away and put back. */
const sorted = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, entry: unknown) =>
      typeof entry === "object" && entry !== null && !Array.isArray(entry)
        ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
        : entry,
    ) ?? "null",
  );

test("set puts any value at any existing place and nothing else changes", () => {
  fc.assert(
    fc.property(root, habits, fc.nat(), data, (value, how, pick, wanted) => {
      const source = written(value, how);
      const paths = pathsOf(value);
      const path = paths[pick % paths.length] ?? [];
      const result = apply(source, [{ op: "set", path, value: wanted }]);
      if (!result.ok) throw new Error(`refused: ${result.refusal.because}\n${source}`);
      expect(sorted(read(result.text))).toEqual(sorted(put(value, path, wanted)));
      const again = apply(result.text, [{ op: "set", path, value: wanted }]);
      expect(again).toEqual({ ok: true, text: result.text, changed: false });
    }),
    { numRuns: runs(600) },
  );
});

test("a new scalar in the place of a scalar changes only the lines of the old one", () => {
  fc.assert(
    fc.property(root, habits, fc.nat(), scalar, (value, how, pick, wanted) => {
      const source = written(value, how);
      const scalars = pathsOf(value).filter(
        (path) =>
          typeof path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], value) !==
          "object",
      );
      const path = scalars[pick % Math.max(1, scalars.length)];
      if (!path) return;
      const result = apply(source, [{ op: "set", path, value: wanted }]);
      if (!result.ok) throw new Error(`refused: ${result.refusal.because}\n${source}`);
      const [old, now] = [source.split("\n"), result.text.split("\n")];
      let head = 0;
      while (head < old.length && head < now.length && old[head] === now[head]) head++;
      let tail = 0;
      while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail))
        tail++;
      const gone = old.slice(head, old.length - tail);
      const was = path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], value);
      // A block scalar has a header, quotes may double its line breaks; everything else stands on one line here.
      expect(gone.length).toBeLessThanOrEqual(
        String(was).includes("\n") ? 2 + 2 * String(was).split("\n").length : 1,
      );
    }),
    { numRuns: runs(400) },
  );
});

test("append and remove undo each other", () => {
  fc.assert(
    fc.property(
      root,
      habits,
      fc.nat(),
      fc.constantFrom("new-item", "x: y", "two words"),
      (value, how, pick, item) => {
        const source = written(value, how);
        const lists = pathsOf(value).filter((path) => {
          const list = path.reduce<unknown>(
            (at, key) => (at as Record<string | number, unknown>)[key],
            value,
          );
          return Array.isArray(list) && list.length > 0 && !list.includes(item);
        });
        const path = lists[pick % Math.max(1, lists.length)];
        if (!path) return;
        const list = path.reduce<unknown>(
          (at, key) => (at as Record<string | number, unknown>)[key],
          value,
        ) as unknown[];
        const added = apply(source, [{ op: "append", path, value: item }]);
        if (!added.ok) throw new Error(`refused: ${added.refusal.because}\n${source}`);
        expect(read(added.text)).toEqual(put(value, path, [...list, item]));
        const back = apply(added.text, [{ op: "remove", path: [...path, list.length], expect: item }]);
        if (!back.ok) throw new Error(`refused: ${back.refusal.because}\n${added.text}`);
        expect(back.text.replace(/\r?\n$/, "")).toBe(source.replace(/\r?\n$/, ""));
      },
    ),
    { numRuns: runs(400) },
  );
});

test("a new key appears, is found again, and goes without a trace", () => {
  fc.assert(
    fc.property(root, habits, data, (value, how, wanted) => {
      const source = written(value, how);
      const added = apply(source, [{ op: "set", path: ["brand new"], value: wanted }]);
      if (!added.ok) throw new Error(`refused: ${added.refusal.because}\n${source}`);
      expect(sorted(read(added.text))).toEqual(sorted({ ...value, "brand new": wanted }));
      const back = apply(added.text, [{ op: "remove", path: ["brand new"] }]);
      if (!back.ok) throw new Error(`refused: ${back.refusal.because}\n${added.text}`);
      expect(back.text.replace(/\r?\n$/, "")).toBe(source.replace(/\r?\n$/, ""));
    }),
    { numRuns: runs(400) },
  );
});

test("a file in a ConfigMap key is edited as it would be alone", () => {
  fc.assert(
    fc.property(
      root,
      habits,
      fc.nat(),
      scalar,
      fc.constantFrom("|", '"'),
      (value, how, pick, wanted, form) => {
        const inner = `${written(value, { ...how, crlf: false, finalBreak: true })}`;
        const block = inner.replace(/\n$/, "").split("\n");
        const source =
          form === "|" && /^\S/.test(inner)
            ? `kind: ConfigMap\ndata:\n  f.yaml: |\n${block.map((line) => (line === "" ? "" : `    ${line}`)).join("\n")}\n`
            : `kind: ConfigMap\ndata:\n  f.yaml: ${JSON.stringify(inner)}\n`;
        const paths = pathsOf(value);
        const path = paths[pick % paths.length] ?? [];
        const step = {
          do: "edit-document",
          title: "t",
          file: { source: "f" },
          embeddedKey: "f.yaml",
          edits: [{ op: "set", path, value: wanted }],
        } as const;
        const result = editDocument(source, step);
        if (!result.ok) throw new Error(`refused: ${result.refusal.because}\n${source}`);
        const outer = read(result.text) as { data: Record<string, string> };
        expect(sorted(read(outer.data["f.yaml"] ?? ""))).toEqual(sorted(put(value, path, wanted)));
        expect(editDocument(result.text, step)).toEqual({ ok: true, text: result.text, changed: false });
      },
    ),
    { numRuns: runs(300) },
  );
});

test("no text and no path makes it throw", () => {
  const line = fc.constantFrom(
    "a: 1",
    "- x",
    "  b:",
    "\t",
    "{",
    "}",
    "[a, b",
    "|",
    "key: |2",
    "    deep",
    "&a *a",
    "<<: *x",
    "---",
    "...",
    "%YAML 1.1",
    "? k",
    ": v",
    "'",
    '"',
    "#",
    "a: a: a",
    "!!map",
    "\u0000",
    "\ufeff",
    "- - - x",
    "a: &x",
    "b: *x",
    "\r",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n")),
        fc.string(),
      ),
      fc.array(fc.oneof(fc.constantFrom("a", "b", "key", "k"), fc.nat(3)), { maxLength: 3 }),
      data,
      fc.constantFrom("set" as const, "replace" as const, "append" as const, "remove" as const),
      fc.option(fc.constantFrom("a", "key"), { nil: undefined }),
      (source, path, value, op, key) => {
        const edit: DocumentEdit = op === "remove" ? { op, path } : { op, path, value };
        const step = {
          do: "edit-document",
          title: "t",
          file: { source: "f", line: 1 },
          ...(key ? { embeddedKey: key } : {}),
          edits: [edit],
        } as const;
        const result = editDocument(source, step);
        if (result.ok)
          expect(editDocument(result.text, step)).toEqual({ ok: true, text: result.text, changed: false });
        else expect(result.refusal.because.length).toBeGreaterThan(5);
      },
    ),
    { numRuns: runs(800) },
  );
});
