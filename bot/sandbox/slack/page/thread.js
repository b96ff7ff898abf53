// The right of the page: a thread with its first message, its replies and a field to reply in.

import { status, suggestedPrompts, titleOf } from "./assistant.js";
import { Composer } from "./composer.js";
import { counted, fill, h } from "./dom.js";
import { iconButton } from "./icons.js";
import { lookOf, messageElement, repliesTo } from "./message.js";
import { Stream } from "./messages.js";
import { focusComposer } from "./pane.js";
import { isApp, openThread, state, theApp, watch } from "./state.js";
import { placeName } from "./values.js";

const aside = document.getElementById("thread");
const frame = document.getElementById("app");
const shown = { thread: null, stream: null, composer: null, status: null };

/** Draw the open thread and keep it right. */
export function startThread() {
  watch("thread", draw);
  watch("messages", drawReplies);
}

function draw() {
  for (const row of document.querySelectorAll("#pane .message")) row.classList.toggle("is-open", row.dataset.ts === state.thread);
  aside.hidden = !state.thread;
  frame.classList.toggle("thread-open", Boolean(state.thread));
  if (!state.thread) {
    if (shown.thread && !document.activeElement?.closest("#pane")) focusComposer();
    shown.thread = null;
    fill(aside);
    return;
  }
  if (shown.thread === state.thread) return;
  const { thread, place } = state;
  shown.thread = thread;
  shown.stream = new Stream({ inThread: true, label: "Replies" });
  shown.composer = new Composer({ key: `${state.me.id} ${place.id} ${thread}`, label: "Reply…", channel: place.id, thread_ts: thread });
  shown.status = h("div", { class: "status-line", role: "status" });
  const title = h("p", { class: "topic" }, isApp(place) ? theApp().real_name : placeName(place));
  fill(aside, h("div", { class: "pane-head-frame" }, h("header", { class: "pane-head thread-head" }, h("h2", {}, titleOf(thread) || "Thread"), title, iconButton("close", "Close the thread", () => openThread(null)))), shown.stream.element, shown.status, shown.composer.element);
  drawReplies();
  shown.composer.show();
}

function drawReplies() {
  if (!shown.thread) return;
  const parent = state.messages.find((message) => message.ts === shown.thread);
  if (!parent) return;
  const replies = repliesTo(parent);
  const count = replies.length ? counted(replies.length, "reply", "replies") : "No replies yet";
  const make = () => h("div", {}, messageElement(parent, { inThread: true }), h("div", { class: "day day-left", role: "separator" }, h("span", {}, count)));
  shown.stream.show(replies, { before: { look: `${lookOf(parent, false, true)} ${replies.length}`, make } });
  fill(shown.status, status(shown.thread), suggestedPrompts(shown.thread));
}
