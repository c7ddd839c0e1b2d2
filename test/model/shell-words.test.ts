// Words of a command line as a shell would see them after a template was filled in.
import { describe, expect, it } from "vitest";
import { splitWords } from "../../src/model/shell-words.ts";

describe("an expression of a template", () => {
  it.each([
    [
      "docker run --name probe-{{ site | default('here') }} image",
      ["docker", "run", "--name", "probe-{{ site | default('here') }}", "image"],
    ],
    ["docker ps --format {{.Names}}|sort", ["docker", "ps", "--format", "{{.Names}}", "|", "sort"]],
    ["echo {{ never closed", ["echo", "{{", "never", "closed"]],
    ["awk '{{ print }}' file", ["awk", "{{ print }}", "file"]],
  ])("%s", (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it("is looked for no further than an expression is long", () => {
    const line = `run ${"{{ ".repeat(30_000)}`;
    const start = performance.now();
    expect(splitWords(line)[0]).toBe("run");
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
