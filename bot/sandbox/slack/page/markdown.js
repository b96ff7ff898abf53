// Standard Markdown to DOM nodes, for the markdown block: headings, lists, code, quotes, tables, links, emphasis.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { linkTo } from "./mrkdwn.js";

const INLINE = /`([^`]+)`|!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)|(\*\*|__)(?=\S)([\s\S]*?\S)\4|(\*|_)(?=\S)([\s\S]*?\S)\6(?![\p{L}\p{N}])|~~(\S[\s\S]*?)~~|<(https?:[^>]+)>|(https?:\/\/[^\s<)]+)|:([a-z0-9_+-]+):/gu;

/** Nodes for a text in Markdown. */
export function markdown(text) {
  const lines = String(text ?? "").replace(/\r\n?/g, "\n").split("\n");
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    const [node, next] = block(lines, at);
    if (node) nodes.push(node);
    at = next;
  }
  return nodes;
}

function block(lines, at) {
  const line = lines[at];
  if (!line.trim()) return [null, at + 1];
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) return [h("p", { class: `md-h md-h${heading[1].length}` }, inline(heading[2])), at + 1];
  if (/^\s*(```|~~~)/.test(line)) return fenced(lines, at);
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) return [h("hr", { class: "divider" }), at + 1];
  if (/^\s*>/.test(line)) return gathered(lines, at, /^\s*>\s?/, (own) => h("blockquote", { class: "quote" }, markdown(own.join("\n"))));
  if (/^\s*([-*+]|\d+[.)])\s+/.test(line)) return list(lines, at);
  if (line.includes("|") && /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(lines[at + 1] || "")) return table(lines, at);
  return paragraph(lines, at);
}

function fenced(lines, at) {
  const fence = lines[at].trim().slice(0, 3);
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(fence)) end += 1;
  return [h("pre", { class: "pre" }, lines.slice(at + 1, end).join("\n")), end + 1];
}

function gathered(lines, at, prefix, make) {
  let end = at;
  while (end < lines.length && prefix.test(lines[end])) end += 1;
  return [make(lines.slice(at, end).map((line) => line.replace(prefix, ""))), end];
}

function list(lines, at) {
  const ordered = /^\s*\d/.test(lines[at]);
  const items = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const found = /^\s*(?:[-*+]|\d+[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/.exec(lines[end]);
    if (!found) break;
    const done = found[1] === undefined ? "" : found[1] === " " ? "☐ " : "☑ ";
    items.push(h("li", {}, done, inline(found[2])));
  }
  return [h(ordered ? "ol" : "ul", { class: "list" }, items), end];
}

function table(lines, at) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const head = h("tr", {}, cells(lines[at]).map((cell) => h("th", { scope: "col" }, inline(cell))));
  const rows = [];
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) {
    rows.push(h("tr", {}, cells(lines[end]).map((cell) => h("td", {}, inline(cell)))));
    end += 1;
  }
  return [h("div", { class: "table-wrap" }, h("table", { class: "table" }, h("thead", {}, head), h("tbody", {}, rows))), end];
}

function paragraph(lines, at) {
  let end = at;
  const own = [];
  while (end < lines.length && lines[end].trim() && !(end > at && /^\s*(#{1,6}\s|>|```|[-*+]\s|\d+[.)]\s)/.test(lines[end]))) {
    if (end > at) own.push(h("br"));
    own.push(...inline(lines[end]));
    end += 1;
  }
  return [h("p", { class: "md-p" }, own), end];
}

function inline(text) {
  const nodes = [];
  let rest = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > rest) nodes.push(text.slice(rest, found.index));
    nodes.push(span(found));
    rest = found.index + found[0].length;
  }
  nodes.push(text.slice(rest));
  return nodes;
}

function span([whole, code, label, target, , bold, , italic, strike, angle, bare, name]) {
  if (code !== undefined) return h("code", { class: "code" }, code);
  if (target !== undefined) return linkTo(target, ...inline(label || target));
  if (bold !== undefined) return h("strong", {}, inline(bold));
  if (italic !== undefined) return h("em", {}, inline(italic));
  if (strike !== undefined) return h("s", {}, inline(strike));
  if (angle || bare) return linkTo(angle || bare, angle || bare);
  return emoji(name) ?? whole;
}
