// A post without code fences: sentences, log lines and files with only blank lines between them.
import { expect, it } from "vitest";
import { toSegments } from "../../src/bundle/to-segments.ts";

const split = (text: string) =>
  toSegments({ kind: "text", source: "post.txt", bytes: Buffer.from(text) }).map(
    ({ startLine, text: own }) => [startLine, own.split("\n")[0]],
  );

it("files between sentences and log lines are pieces of their own", () => {
  const post = `My dashboards are empty since the update, what did I miss?

level=error ts=2031-01-02T03:04:05Z msg="no such thing"

server:
  http_listen_port: 3100

common:
  path_prefix: /loki

  agent:
    image: grafana/alloy:v1.9.0
    volumes:
      - ./a:/a

Thanks for any idea you may have about it`;
  expect(split(post)).toEqual([
    [1, "My dashboards are empty since the update, what did I miss?"],
    [5, "server:"],
    [11, "agent:"],
    [16, "Thanks for any idea you may have about it"],
  ]);
});

it("what follows an object that a command printed is not part of it", () => {
  const post = `$ kubectl get netpol deny -o yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny

targets page says DOWN context deadline exceeded`;
  expect(split(post)).toEqual([
    [2, "apiVersion: networking.k8s.io/v1"],
    [7, "targets page says DOWN context deadline exceeded"],
  ]);
});

it("what was saved as a file of configuration stays one, whatever stands in it", () => {
  const text = "server:\n  port: 1\n\nthis line is the fault of the file\n\nother:\n  a: 1\n";
  const segments = toSegments({ kind: "text", source: "loki.yaml", bytes: Buffer.from(text) });
  expect(segments).toHaveLength(1);
});

it.each([
  [
    "documents with comments and single keys between",
    "# first\n\na:\n  b: 1\n\n# second\n\nc: 2\n\nd:\n  - e\n",
  ],
  [
    "a file with a script in it",
    "kind: ConfigMap\ndata:\n  run.sh: |\n    set -e\n\n    echo this is a sentence of words\n",
  ],
  ["a file whose parts stand apart", "global:\n  a: 1\n\nscrape_configs:\n  - job_name: x\n"],
  ["sentences alone", "First this was wrong: see below.\n\nThen that was wrong as well."],
  ["log lines apart", 'level=info msg="a"\n\nlevel=info msg="b"'],
  ["errors with colons", "Error: one\nError: two\n\nNote: three\nHint: four"],
])("%s is one piece", (_, text) => expect(split(text)).toHaveLength(1));
