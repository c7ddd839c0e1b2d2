// The HTML page stands alone, lets no evidence become markup, and every link in it leads somewhere.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { html } from "../../src/report/html/markup.ts";
import { contentSecurityPolicy, scriptHash, styleHash } from "../../src/report/html/policy.ts";
import { pageScript } from "../../src/report/html/script.ts";
import { styleSheet } from "../../src/report/html/style.ts";
import { renderHtml } from "../../src/report/html.ts";
import { reports } from "./reports/all.ts";
import { huge } from "./reports/huge.ts";

const tags = new Set(
  "!doctype html head meta title style script body a header main footer section article div p span b code pre figure figcaption details summary ul ol li h1 h2 h3 h4 i mark table thead tbody tr th td button input svg defs marker g path rect text circle".split(
    " ",
  ),
);
const attributes = new Set(
  "lang charset http-equiv content name class id href tabindex role title type hidden data-severity data-filter data-from data-to aria-label aria-hidden aria-pressed placeholder scope open viewbox width height x y rx cx cy r d refx refy markerwidth markerheight orient marker-end".split(
    " ",
  ),
);

/** Tags as a browser's tokenizer sees them, with what stands between `<style>`/`<script>` left out. */
function tagsOf(page: string): { name: string; attributes: Map<string, string> }[] {
  const body = page.replace(/(<(style|script)>)[\s\S]*?(<\/\2>)/g, "$1$3");
  return [...body.matchAll(/<\/?([a-z!][^\s/>]*)((?:[^>"]|"[^"]*")*)>/gi)].map(
    ([, name = "", rest = ""]) => ({
      name: name.toLowerCase(),
      attributes: new Map(
        [...rest.matchAll(/([^\s=/"]+)(?:="([^"]*)")?/g)].map(([, key = "", value = ""]) => [
          key.toLowerCase(),
          value,
        ]),
      ),
    }),
  );
}

/** Style and script are the same in every page; the golden files are easier to review without them. */
function withoutInline(page: string): string {
  return page.replace(/(<(style|script)>)[\s\S]*?(<\/\2>)/g, "$1$3").replace(/sha256-[^']+/g, "sha256-…");
}

describe.each(Object.entries(reports))("%s", (name, report) => {
  const page = renderHtml(report);

  test("golden", async () => {
    if (name !== "huge") await expect(withoutInline(page)).toMatchFileSnapshot(`golden/${name}.html`);
    expect(renderHtml(report)).toBe(page);
  });

  test("holds only known tags and attributes, and no address to load from", () => {
    for (const tag of tagsOf(page)) {
      expect(tags).toContain(tag.name);
      for (const [key, value] of tag.attributes) {
        if (tag.name === "!doctype") continue;
        expect(attributes).toContain(key);
        if (key === "href") expect(value).toMatch(/^#[a-z]+\d*$/);
        if (key === "id") expect(value).toMatch(/^[a-z0-9-]+$/);
      }
    }
  });

  test("ids are unique and every link has a target", () => {
    const found = tagsOf(page).flatMap((tag) => tag.attributes.get("id") ?? []);
    expect(new Set(found).size).toBe(found.length);
    const targets = tagsOf(page).flatMap((tag) => tag.attributes.get("href")?.slice(1) ?? []);
    expect(targets.filter((target) => !found.includes(target))).toEqual([]);
  });

  test("every finding has its place", () => {
    for (const index of report.findings.keys()) expect(page).toContain(`id="f${index}"`);
  });

  test("has no control characters", () => {
    expect(page).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
  });
});

test("the policy admits exactly the style and the script of the page", () => {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");
  expect({ styleHash, scriptHash }).toEqual({
    styleHash: sha256(styleSheet),
    scriptHash: sha256(pageScript),
  });
  const page = renderHtml(huge);
  expect(page).toContain(`content="${contentSecurityPolicy}"`);
  expect(page).toContain(`<style>${styleSheet}</style>`);
  expect(page).toContain(`<script>${pageScript}</script>`);
  expect(contentSecurityPolicy).not.toContain("unsafe-inline");
});

test("five hundred components are drawn folded, in time", () => {
  const begin = performance.now();
  const page = renderHtml(huge);
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(page).toContain("<svg");
  expect((page.match(/<g class="node/g) ?? []).length).toBeLessThan(40);
});

test("templates escape text and pass markup through", () => {
  const inner = html`<b>${"<&>"}</b>`;
  expect(html`<p title="${'"x"'}">${inner}${["a", html`<i>${1}</i>`]}${undefined}${false}</p>`.markup).toBe(
    '<p title="&quot;x&quot;"><b>&lt;&amp;&gt;</b>a<i>1</i></p>',
  );
});
