// What an assistant shows besides its messages: that it is at work, and what might be asked next.

import { act } from "./api.js";
import { notice, sentence } from "./dialogs.js";
import { h, listOf } from "./dom.js";
import { avatar } from "./icons.js";
import { openThread, state, theApp } from "./state.js";

/** The words that say what the app is doing in a thread (null: anywhere in the conversation), or null. */
export function status(thread) {
  const own = stateOf(thread);
  if (!own?.status) return null;
  const words = own.loading_messages[0] || own.status;
  return h("p", { class: "status" }, avatar(theApp(), "avatar-tiny"), h("span", { class: "thinking" }, h("b", {}, theApp().real_name), ` ${words}`));
}

/** Prompts that the app suggests; one that is taken is said in its thread at once, as in Slack. */
export function suggestedPrompts(thread) {
  const own = stateOf(thread);
  const prompts = listOf(own?.prompts);
  if (!prompts.length) return null;
  const title = own.prompts_title;
  const rows = prompts.map((one) => h("button", { type: "button", class: "prompt", on: { click: () => say(one.message, own.thread_ts) } }, one.title));
  return h("div", { class: "prompts", role: "group", aria: { label: title || "Suggestions" } }, title ? h("p", { class: "quiet" }, title) : null, rows);
}

async function say(text, thread) {
  try {
    await act("type", { person: state.me.name, channel: state.place.id, text, thread_ts: thread });
    if (thread) openThread(thread);
  } catch (error) {
    notice(sentence(error.message));
  }
}

/** What the app said about a thread; of the conversation itself: the newest of its threads that has something to show. */
function stateOf(thread) {
  const all = listOf(state.assistant);
  if (thread) return all.find((one) => one.thread_ts === thread);
  return all.findLast((one) => one.status || one.prompts.length);
}

/** What the app calls a thread, or null. */
export function titleOf(thread) {
  return stateOf(thread)?.title || null;
}
