// What can be done with a message: react, reply in its thread, the app's shortcuts, edit and delete one's own.

import { act } from "./api.js";
import { confirmed, notice, sentence } from "./dialogs.js";
import { h } from "./dom.js";
import { icon, iconButton } from "./icons.js";
import { menuButton } from "./menu.js";
import { emojiButton, pickEmoji, react } from "./reactions.js";
import { runShortcut } from "./shortcuts.js";
import { edit, isTopLevel, openThread, state } from "./state.js";

const SURE = { title: { text: "Delete this message?" }, text: { type: "plain_text", text: "It goes for everybody, and does not come back." }, confirm: { text: "Delete" }, style: "danger" };

/** The bar of tools of a message. */
export function toolsOf(message, inThread) {
  const takesReplies = isTopLevel(message) && !inThread;
  const menu = menuButton({ label: "More actions", className: "icon-button", content: icon("dots"), entries: () => entriesFor(message, takesReplies, menu) });
  return h(
    "div",
    { class: "m-tools" },
    emojiButton("Add a reaction", "m-tool-wide", (name) => react(message, name, false)),
    takesReplies ? iconButton("reply", "Reply in thread", () => openThread(message.ts), "m-tool-wide") : null,
    menu,
  );
}

function entriesFor(message, takesReplies, anchor) {
  const shortcuts = state.shortcuts.filter((one) => one.type === "message");
  const isMine = message.user === state.me.id;
  return [
    { text: "Add a reaction", lead: icon("smile"), choose: () => pickEmoji(anchor, (name) => react(message, name, false)) },
    takesReplies ? { text: "Reply in thread", lead: icon("reply"), choose: () => openThread(message.ts) } : null,
    shortcuts.length ? { heading: "Shortcuts" } : null,
    ...shortcuts.map((one) => ({ text: one.name, description: one.description, lead: icon("bolt"), choose: () => runShortcut(one, message) })),
    isMine ? { heading: "Your message" } : null,
    isMine ? { text: "Edit", lead: icon("pencil"), choose: () => edit(message.ts) } : null,
    isMine ? { text: "Delete", lead: icon("trash"), isDanger: true, choose: () => remove(message) } : null,
  ];
}

async function remove(message) {
  if (!(await confirmed(SURE))) return;
  try {
    await act("delete", { person: state.me.name, channel: message.channel, ts: message.ts });
  } catch (error) {
    notice(sentence(error.message));
  }
}
