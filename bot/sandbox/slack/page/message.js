// One message: who, when, what; and the thread's footer, reactions and marks that belong to it.

import { blocks } from "./blocks.js";
import { avatar, h, icon } from "./dom.js";
import { emoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { isTopLevel, openThread, person, state } from "./state.js";
import { Surface } from "./surface.js";

const surfaces = new Map();
const CLOSE_TOGETHER_S = 300;

/** Whether a message goes on where the one before it stopped, so that name and face need not come again; an answer in blocks stands for itself. */
export function continues(message, before) {
  return Boolean(
    before &&
      !message.blocks.length &&
      before.user === message.user &&
      before.is_ephemeral === message.is_ephemeral &&
      Number(message.ts) - Number(before.ts) < CLOSE_TOGETHER_S &&
      !repliesTo(before).length,
  );
}

/** What of a message decides how it looks: the same key, the same look. */
export function lookOf(message, follows, inThread) {
  const replies = inThread ? [] : repliesTo(message);
  return JSON.stringify([message.revision, message.is_edited, message.reactions, follows, replies.length, replies.at(-1)?.ts, inThread, state.thread === message.ts]);
}

/** The replies in a message's thread. */
export function repliesTo(message) {
  return state.messages.filter((one) => one.thread_ts === message.ts && one.ts !== message.ts);
}

/** A message's element. */
export function messageElement(message, { follows = false, inThread = false } = {}) {
  const author = person(message.user);
  const body = h("div", { class: "m-body" }, follows ? null : headOf(message, author), contentOf(message, follows), reactionsOf(message), inThread ? null : threadFooter(message));
  const classes = ["message", follows ? "message-follows" : "", message.is_ephemeral ? "message-ephemeral" : "", state.thread === message.ts && !inThread ? "is-open" : ""];
  return h(
    "article",
    { class: classes.filter(Boolean).join(" "), data: { ts: message.ts }, aria: { label: `${author.real_name}, ${clock(message.ts)}` } },
    message.is_ephemeral ? h("p", { class: "m-only" }, icon("eye"), "Only visible to you") : null,
    h("div", { class: "m-gutter" }, follows ? h("time", { class: "m-side-time" }, clock(message.ts)) : avatar(author)),
    body,
    inThread || message.is_ephemeral ? null : tools(message),
  );
}

function headOf(message, author) {
  return h(
    "header",
    { class: "m-head" },
    h("span", { class: "m-author" }, author.real_name),
    author.is_bot && !author.is_system ? h("span", { class: "badge" }, "APP") : null,
    author.is_guest ? h("span", { class: "badge" }, "GUEST") : null,
    h("time", { class: "m-time", datetime: new Date(Number(message.ts) * 1000).toISOString(), title: fullMoment(message.ts) }, clock(message.ts)),
    message.is_edited ? h("span", { class: "m-edited" }, "edited") : null,
  );
}

function contentOf(message, follows) {
  const edited = follows && message.is_edited ? h("span", { class: "m-edited" }, " (edited)") : null;
  if (!message.blocks.length) return h("div", { class: "m-content" }, h("div", { class: "b-text" }, mrkdwn(message.text), edited));
  return h("div", { class: "m-content" }, blocks(message.blocks, surfaceOf(message)), edited);
}

function surfaceOf(message) {
  const key = `${message.channel} ${message.ts}`;
  const surface = surfaces.get(key) || new Surface({ channel: message.channel, ts: message.ts }, message.blocks);
  surface.show(message.blocks);
  surfaces.set(key, surface);
  return surface;
}

function reactionsOf(message) {
  const all = Object.entries(message.reactions || {});
  if (!all.length) return null;
  const chips = all.map(([name, users]) => {
    const who = users.map((id) => person(id).real_name).join(", ");
    return h("span", { class: "reaction", title: `${who} reacted with :${name}:` }, emoji(name) || `:${name}:`, h("b", {}, String(users.length)));
  });
  return h("div", { class: "m-reactions" }, chips);
}

function threadFooter(message) {
  const replies = repliesTo(message);
  if (!replies.length) return null;
  const faces = [...new Set(replies.map((reply) => reply.user))].slice(0, 3).map((id) => avatar(person(id), "avatar-tiny"));
  return h(
    "button",
    { type: "button", class: "m-thread", on: { click: () => openThread(message.ts) } },
    faces,
    h("b", {}, replies.length === 1 ? "1 reply" : `${replies.length} replies`),
    h("span", { class: "quiet" }, `last at ${clock(replies.at(-1).ts)}`),
  );
}

function tools(message) {
  if (!isTopLevel(message)) return null;
  const label = "Reply in thread";
  return h("div", { class: "m-tools" }, h("button", { type: "button", class: "icon-button", title: label, aria: { label }, on: { click: () => openThread(message.ts) } }, icon("reply")));
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
