// Slack's mrkdwn to DOM nodes: bold, italic, strike, code, quotes, links, mentions, dates and emoji.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { state } from "./state.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const STYLES = { "*": "strong", _: "em", "~": "s" };
const INLINE = /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+-]+):|([*_~])(?=\S)/g;
const WORD = /[\p{L}\p{N}]/u;
const LINK = /^(https?:\/\/|mailto:)/i;

/** Nodes for a text in mrkdwn. */
export function mrkdwn(text) {
  const parts = String(text ?? "").split(/```\n?([\s\S]*?)```/);
  return parts.flatMap((part, at) => (at % 2 ? [h("pre", { class: "pre" }, plain(part).replace(/\n$/, ""))] : lines(part)));
}

/** Nodes for a plain_text: emoji are drawn, nothing else. */
export function plainText(text) {
  return String(text ?? "").split(/(:[a-z0-9_+-]+:)/).map((part) => emoji(part.slice(1, -1)) ?? part);
}

/** A text object of either kind. */
export function textObject(value) {
  if (!value) return [];
  return value.type === "mrkdwn" ? mrkdwn(value.text) : plainText(value.text);
}

/** The address when it may be followed, else null: never `javascript:` and its kind. */
export function safeAddress(address) {
  return LINK.test(String(address ?? "")) ? String(address) : null;
}

/** A link that opens elsewhere, or only its words when the address is not one to follow. */
export function linkTo(address, ...words) {
  const safe = safeAddress(address);
  if (!safe) return h("span", {}, ...words);
  return h("a", { class: "link", href: safe, target: "_blank", rel: "noopener noreferrer" }, ...words);
}

/** Words that lead to an address, where it is one to follow. */
export function linked(address, words) {
  return linkTo(address, plainText(words));
}

/** A person's name as a mention. */
export function mentionOf(id) {
  const mine = state.me?.id === id;
  return h("span", { class: mine ? "mention mention-me" : "mention" }, `@${state.people.get(id)?.real_name || id}`);
}

/** A group of people as a mention. */
export function groupMention(id, label) {
  const handle = state.groups.get(id)?.handle;
  return h("span", { class: "mention" }, handle ? `@${handle}` : label || "@group");
}

/** A channel's name as a mention that leads there. */
export function channelMention(id, name) {
  const channel = state.channels.find((one) => one.id === id || one.name === id);
  const other = channel ? null : state.others.find((one) => one.id === id || one.name === id);
  if (other) return h("span", { class: "mention" }, `#${other.name}`);
  if (!channel) return h("span", { class: "mention" }, name ? `#${name}` : "#private channel");
  return h("a", { class: "mention", href: `#${encodeURIComponent(channel.name)}` }, `#${channel.name}`);
}

/** A moment in Slack's date format, in the reader's own time zone. */
export function dateOf(seconds, format, fallback) {
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return fallback ?? "";
  const shapes = {
    date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
    date: { year: "numeric", month: "long", day: "numeric" },
    date_short: { year: "numeric", month: "short", day: "numeric" },
    date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
    date_pretty: { year: "numeric", month: "long", day: "numeric" },
    date_short_pretty: { year: "numeric", month: "short", day: "numeric" },
    date_long_pretty: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
    time: { hour: "2-digit", minute: "2-digit" },
    time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  };
  return String(format).replace(/\{(\w+)\}/g, (whole, name) => (shapes[name] ? at.toLocaleString(undefined, shapes[name]) : whole));
}

function plain(text) {
  const linkless = text.replace(/<([^<>|\n]+)(?:\|([^<>\n]*))?>/g, (whole, target, label) =>
    LINK.test(target) ? label || target : whole,
  );
  return unescaped(linkless);
}

function lines(text) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, at) => {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) nodes.push((quote = h("blockquote", { class: "quote" })));
      else quote.append(h("br"));
      quote.append(...inline(quoted[1]));
      return;
    }
    if (at > 0 && !quote) nodes.push(h("br"));
    quote = null;
    nodes.push(...inline(line));
  });
  return nodes;
}

function inline(text) {
  const pattern = new RegExp(INLINE.source, "g");
  const nodes = [];
  let rest = 0;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const made = one(text, found);
    if (!made) {
      pattern.lastIndex = found.index + 1;
      continue;
    }
    if (found.index > rest) nodes.push(entities(text.slice(rest, found.index)));
    nodes.push(made.node);
    rest = pattern.lastIndex = made.end;
  }
  if (rest < text.length) nodes.push(entities(text.slice(rest)));
  return nodes;
}

function one(text, found) {
  const [whole, code, target, name, mark] = found;
  const end = found.index + whole.length;
  if (code !== undefined) return { node: h("code", { class: "code" }, plain(code)), end };
  if (target !== undefined) return { node: angle(target, whole), end };
  if (name !== undefined) {
    const drawn = emoji(name);
    return drawn ? { node: h("span", { class: "emoji", role: "img", aria: { label: name.replaceAll("_", " ") } }, drawn), end } : null;
  }
  return styled(text, mark, found.index);
}

function styled(text, mark, start) {
  if (start > 0 && (WORD.test(text[start - 1]) || text[start - 1] === mark)) return null;
  for (let end = text.indexOf(mark, start + 2); end > 0; end = text.indexOf(mark, end + 1)) {
    const closes = !/\s/.test(text[end - 1]) && !(text[end + 1] && WORD.test(text[end + 1]));
    if (closes) return { node: h(STYLES[mark], {}, inline(text.slice(start + 1, end))), end: end + 1 };
  }
  return null;
}

function angle(target, whole) {
  const [what, ...labels] = target.split("|");
  const label = labels.join("|");
  if (/^@[UW][A-Z0-9._-]+$/.test(what)) return mentionOf(what.slice(1));
  if (what.startsWith("#")) return channelMention(what.slice(1), label);
  if (/^!(here|channel|everyone)$/.test(what)) return h("span", { class: "mention mention-me" }, `@${what.slice(1)}`);
  if (what.startsWith("!subteam^")) return groupMention(what.slice(9), label);
  if (what.startsWith("!date^")) {
    const [, seconds, format, address] = what.split("^");
    const words = dateOf(seconds, format, label);
    return address ? linkTo(address, words) : h("time", {}, words);
  }
  if (LINK.test(what)) return linkTo(unescaped(what), ...(label ? plainText(unescaped(label)) : [unescaped(what)]));
  return document.createTextNode(unescaped(whole));
}

function entities(text) {
  return document.createTextNode(unescaped(text));
}

function unescaped(text) {
  return text.replace(/&(lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}
