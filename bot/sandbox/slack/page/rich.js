// Rich text to DOM nodes: sections, lists, quotes, preformatted text and every kind of inline element.

import { h, listOf } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelMention, dateOf, groupMention, linkTo, mentionOf } from "./mrkdwn.js";
import { state } from "./state.js";

const DEEPEST = 8;
const COLOUR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** Nodes for the parts of a rich_text block. */
export function richText(block) {
  return joined(listOf(block?.elements).map(part));
}

/** The words of a rich_text block alone. */
export function richWords(block) {
  return h("span", {}, richText(block)).textContent;
}

function part(one) {
  const inner = () => listOf(one.elements).map(inline);
  const border = one.border ? " has-border" : "";
  if (one.type === "rich_text_list") return list(one, border);
  if (one.type === "rich_text_quote") return h("blockquote", { class: `quote${border}` }, inner());
  if (one.type === "rich_text_preformatted") return h("pre", { class: "pre" }, inner());
  return h("div", { class: "rich-line" }, inner());
}

function list(one, border) {
  const indent = Math.min(Math.max(Math.trunc(Number(one.indent)) || 0, 0), DEEPEST);
  const items = listOf(one.elements).map((item) => h("li", {}, listOf(item.elements).map(inline)));
  const ordered = one.style === "ordered";
  const start = ordered && Number(one.offset) > 0 ? Math.trunc(Number(one.offset)) + 1 : null;
  return h(ordered ? "ol" : "ul", { start, class: `list list-in-${indent} list-kind-${indent % 3}${border}` }, items);
}

/** An inner list follows its outer one without a gap; the marks say where it belongs. */
function joined(nodes) {
  nodes.forEach((node, at) => at && node.matches("ul, ol") && nodes[at - 1].matches("ul, ol") && node.classList.add("list-follows"));
  return nodes;
}

const INLINE = {
  text: (one) => one.text ?? "",
  link: (one) => linkTo(one.url, one.text || one.url || ""),
  user: (one) => mentionOf(one.user_id),
  channel: (one) => channelMention(one.channel_id),
  usergroup: (one) => groupMention(one.usergroup_id),
  team: () => h("span", { class: "mention" }, `@${state.workspace.title}`),
  broadcast: (one) => h("span", { class: "mention mention-me" }, `@${one.range}`),
  emoji: (one) => drawn(one),
  date: (one) => dated(one),
  color: (one) => colour(String(one.value ?? "")),
};

function inline(one) {
  const { bold, italic, strike, code, underline } = one?.style || {};
  let node = INLINE[one?.type] ? INLINE[one.type](one) : (one?.text ?? "");
  if (code) node = h("code", { class: "code" }, node);
  if (bold) node = h("strong", {}, node);
  if (italic) node = h("em", {}, node);
  if (strike) node = h("s", {}, node);
  if (underline) node = h("u", {}, node);
  return node;
}

function drawn(one) {
  const known = emoji(one.name) ?? fromCodes(one.unicode);
  return known ? h("span", { class: "emoji", role: "img", aria: { label: String(one.name ?? "").replaceAll("_", " ") } }, known) : `:${one.name}:`;
}

function fromCodes(codes) {
  const numbers = String(codes ?? "").split("-").map((code) => Number.parseInt(code, 16));
  return numbers.every((number) => number > 0 && number <= 0x10ffff) ? String.fromCodePoint(...numbers) : null;
}

function dated(one) {
  const words = dateOf(one.timestamp, one.format, one.fallback);
  return one.url ? linkTo(one.url, words) : h("time", {}, words);
}

function colour(value) {
  const swatch = h("span", { class: "swatch", aria: { hidden: "true" } });
  if (COLOUR.test(value)) swatch.style.backgroundColor = value;
  return h("code", { class: "code" }, COLOUR.test(value) ? swatch : null, value);
}
