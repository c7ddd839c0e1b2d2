// The script of the HTML report. The page is complete without it; it adds copying, filtering, theme and hover.

export const pageScript = `
"use strict";
const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
const reveal = () => {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  target.scrollIntoView({ block: "center" });
  if (target.tabIndex === -1) target.focus({ preventScroll: true });
};
addEventListener("hashchange", reveal);
reveal();
for (const box of all(".command")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy command");
  button.addEventListener("click", async () => {
    const text = box.querySelector("code").textContent;
    try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; }
    catch { getSelection().selectAllChildren(box.querySelector("code")); button.textContent = "Press Ctrl+C"; }
    setTimeout(() => { button.textContent = "Copy"; }, 2500);
  });
  box.append(button);
}
const tools = document.getElementById("tools");
tools.hidden = false;
const search = document.getElementById("filter");
if (search) search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const item of all("[data-filter], article.card")) {
    const text = item.textContent.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
  }
});
document.getElementById("expand").addEventListener("click", (event) => {
  const open = event.currentTarget.getAttribute("aria-pressed") !== "true";
  for (const box of all("details")) box.open = open;
  event.currentTarget.setAttribute("aria-pressed", String(open));
  event.currentTarget.textContent = open ? "Collapse all" : "Expand all";
});
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
});
let opened = [];
addEventListener("beforeprint", () => { opened = all("details:not([open])"); for (const box of opened) box.open = true; });
addEventListener("afterprint", () => { for (const box of opened) box.open = false; });
const links = all("svg.topology .link");
const nodes = all("svg.topology .node");
const light = (node) => {
  const near = new Set([node.id]);
  for (const link of links) {
    const mine = link.dataset.from === node.id || link.dataset.to === node.id;
    link.classList.toggle("dim", !mine);
    if (mine) { near.add(link.dataset.from); near.add(link.dataset.to); }
  }
  for (const other of nodes) other.classList.toggle("dim", !near.has(other.id));
};
const clear = () => { for (const part of links.concat(nodes)) part.classList.remove("dim"); };
for (const node of nodes) {
  node.addEventListener("mouseenter", () => light(node));
  node.addEventListener("mouseleave", clear);
  node.addEventListener("focusin", () => light(node));
  node.addEventListener("focusout", clear);
}
`;
