// One message: who, when, what; and the thread's footer, reactions and marks that belong to it.

import { attachmentsOf } from "./attachments.js";
import { blocks } from "./blocks.js";
import { counted, h } from "./dom.js";
import { editor } from "./editor.js";
import { emoji } from "./emoji.js";
import { avatar, icon, iconButton } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { filesOf, picture } from "./pictures.js";
import { reactionsOf } from "./reactions.js";
import { dismiss, openThread, person, state } from "./state.js";
import { Surface } from "./surface.js";
import { toolsOf } from "./tools.js";

const surfaces = new Map();
const CLOSE_TOGETHER_S = 300;

/** Whether a message goes on where the one before it stopped, so that name and face need not come again; an answer in blocks stands for itself. */
export function continues(message, before) {
  return Boolean(
    before &&
      !message.blocks.length &&
      !isNotice(message) &&
      !isNotice(before) &&
      before.user === message.user &&
      nameOf(before) === nameOf(message) &&
      before.is_ephemeral === message.is_ephemeral &&
      Number(message.ts) - Number(before.ts) < CLOSE_TOGETHER_S &&
      !repliesTo(before).length,
  );
}

/** What of a message decides how it looks: the same key, the same look. */
export function lookOf(message, follows, inThread) {
  const replies = inThread ? [] : repliesTo(message);
  const { revision, is_edited, is_streaming, reactions, files, attachments, entities, ts } = message;
  return JSON.stringify([revision, is_edited, is_streaming, reactions, files.length, attachments, entities.length, follows, replies.length, replies.at(-1)?.ts, inThread, state.thread === ts, state.editing === ts, isPinned(message)]);
}

/** The replies in a message's thread. */
export function repliesTo(message) {
  return state.messages.filter((one) => one.thread_ts === message.ts && one.ts !== message.ts);
}

function isPinned(message) {
  return state.place.pins.includes(message.ts);
}

function nameOf(message) {
  return message.username || person(message.user).real_name;
}

/** Whether it only says what happened in a channel, as when somebody came or went. */
function isNotice(message) {
  return /_(join|leave|topic|purpose|name|archive|unarchive)$/.test(message.subtype);
}

/** A message's element. */
export function messageElement(message, { follows = false, inThread = false } = {}) {
  const author = person(message.user);
  const isEdited = state.editing === message.ts;
  const content = isEdited ? editor(message) : contentOf(message, follows);
  const body = h("div", { class: "m-body" }, follows ? null : headOf(message, author), content, reactionsOf(message), inThread ? null : threadFooter(message));
  const marks = { "message-follows": follows, "message-ephemeral": message.is_ephemeral, "is-open": state.thread === message.ts && !inThread, "is-pinned": isPinned(message), "is-streaming": message.is_streaming, "is-notice": isNotice(message) };
  return h(
    "article",
    { class: ["message", ...Object.keys(marks).filter((key) => marks[key])].join(" "), data: { ts: message.ts }, aria: { label: `${nameOf(message)}, ${clock(message.ts)}`, busy: message.is_streaming ? "true" : null } },
    message.is_ephemeral ? onlyForMe(message) : null,
    isPinned(message) ? h("p", { class: "m-only" }, icon("pin"), "Pinned") : null,
    h("div", { class: "m-gutter" }, follows ? h("time", { class: "m-side-time" }, clock(message.ts)) : faceOf(message, author)),
    body,
    message.is_ephemeral || isEdited ? null : toolsOf(message, inThread),
  );
}

/** The author's face, or what the app chose for this message. */
function faceOf(message, author) {
  const { emoji: name, ...pictures } = message.icons || {};
  const address = Object.values(pictures).find((one) => /^https:/.test(String(one)));
  if (address) return picture({ image_url: address, alt_text: "" }, "avatar");
  const drawn = emoji(String(name ?? "").replaceAll(":", ""));
  return drawn ? h("span", { class: "avatar avatar-app", aria: { hidden: "true" } }, drawn) : avatar(author);
}

function onlyForMe(message) {
  return h("p", { class: "m-only" }, icon("eye"), "Only visible to you", iconButton("close", "Dismiss this message", () => dismiss(message.ts), "m-dismiss"));
}

function headOf(message, author) {
  return h(
    "header",
    { class: "m-head" },
    h("span", { class: "m-author" }, nameOf(message)),
    author.is_bot && !author.is_system ? h("span", { class: "badge" }, "APP") : null,
    author.is_guest ? h("span", { class: "badge" }, "GUEST") : null,
    h("time", { class: "m-time", datetime: new Date(Number(message.ts) * 1000).toISOString(), title: fullMoment(message.ts) }, clock(message.ts)),
    message.is_edited ? h("span", { class: "m-edited" }, "edited") : null,
  );
}

function contentOf(message, follows) {
  const edited = follows && message.is_edited ? h("span", { class: "m-edited" }, " (edited)") : null;
  const surface = surfaceOf(message);
  const words = message.blocks.length ? blocks(message.blocks, surface) : message.text || message.is_streaming ? h("div", { class: "b-text" }, mrkdwn(message.text)) : null;
  if (message.is_streaming) endOf([words].flat().at(-1))?.append(h("span", { class: "cursor", role: "img", aria: { label: "Still writing" } }));
  return h("div", { class: "m-content" }, words, edited, filesOf(message.files), attachmentsOf(message, surface));
}

/** The last line of what is written so far, where a text goes on. */
function endOf(node) {
  const lines = node?.querySelectorAll?.(".md-p, .md-h, li, .rich-line") ?? [];
  return lines.length ? lines[lines.length - 1] : node;
}

function surfaceOf(message) {
  const key = `${state.me.id} ${message.channel} ${message.ts}`;
  const inside = [...message.blocks, ...message.attachments.flatMap((one) => (Array.isArray(one.blocks) ? one.blocks : []))];
  const surface = surfaces.get(key) || new Surface({ channel: message.channel, ts: message.ts }, inside);
  surface.show(inside);
  surfaces.set(key, surface);
  return surface;
}

function threadFooter(message) {
  const replies = repliesTo(message);
  if (!replies.length) return null;
  const faces = [...new Set(replies.map((reply) => reply.user))].slice(0, 3).map((id) => avatar(person(id), "avatar-tiny"));
  return h(
    "button",
    { type: "button", class: "m-thread", on: { click: () => openThread(message.ts) } },
    faces,
    h("b", {}, counted(replies.length, "reply", "replies")),
    h("span", { class: "quiet" }, `last at ${clock(replies.at(-1).ts)}`),
  );
}

/** The time of day of a timestamp. */
export function clock(ts) {
  return new Date(Number(ts) * 1000).toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });
}

function fullMoment(ts) {
  return new Date(Number(ts) * 1000).toLocaleString(undefined, { dateStyle: "full", timeStyle: "medium" });
}

/** The day of a timestamp as a person says it. */
export function day(ts) {
  const at = new Date(Number(ts) * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return at.toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
}
