// Reactions: what others put under a message, my own to add or take back, and the small picker of emoji.

import { act } from "./api.js";
import { notice, sentence } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { emoji, emojiLike } from "./emoji.js";
import { closeFloating, isFloating, openFloating, place } from "./floating.js";
import { icon } from "./icons.js";
import { person, state } from "./state.js";

const COLUMNS = 8;

/** The reactions of a message, each a button that adds mine or takes it back. */
export function reactionsOf(message) {
  const all = Object.entries(message.reactions || {});
  if (!all.length) return null;
  const more = message.is_ephemeral ? null : emojiButton("Add a reaction", "reaction reaction-add", (name) => react(message, name, false));
  return h("div", { class: "m-reactions" }, all.map(([name, users]) => chip(message, name, users)), more);
}

function chip(message, name, users) {
  const isMine = users.includes(state.me.id);
  const who = users.map((id) => (id === state.me.id ? "you" : person(id).real_name)).join(", ");
  const label = `${name.replaceAll("_", " ")}, ${users.length}: ${who}`;
  return h("button", { type: "button", class: "reaction", title: `${who} · :${name}:`, aria: { pressed: String(isMine), label }, on: { click: () => react(message, name, isMine) } }, h("span", {}, emoji(name) || `:${name}:`), h("b", {}, String(users.length)));
}

/** Put a reaction under a message, or take mine away. */
export async function react(message, name, remove) {
  try {
    await act("react", { person: state.me.name, channel: message.channel, ts: message.ts, name, remove });
  } catch (error) {
    notice(sentence(error.message));
  }
}

/** A button that opens the picker; `choose(name)` hears what was taken. */
export function emojiButton(label, className, choose) {
  const isSmall = className.startsWith("reaction");
  const trigger = h("button", { type: "button", class: isSmall ? className : `icon-button ${className}`, title: label, aria: { label, haspopup: "dialog", expanded: "false" } }, icon("smile"));
  trigger.addEventListener("click", () => (trigger.getAttribute("aria-expanded") === "true" ? closeFloating({ refocus: true }) : pickEmoji(trigger, choose)));
  return trigger;
}

/** Open the picker of emoji at an element. */
export function pickEmoji(anchor, choose) {
  const field = h("input", { class: "picker-search", type: "text", placeholder: "Search emoji", autocomplete: "off", aria: { label: "Search emoji" } });
  const grid = h("div", { class: "faces", role: "group", aria: { label: "Emoji" } });
  const popup = h("div", { class: "popup picker", role: "dialog", aria: { label: "Emoji" } }, field, grid);
  const take = (name) => {
    closeFloating({ refocus: true });
    choose(name);
  };
  const show = () => {
    const names = emojiLike(field.value.trim());
    const faces = names.map((name) => h("button", { type: "button", class: "face", title: `:${name}:`, tabindex: "-1", aria: { label: name.replaceAll("_", " ") }, on: { click: () => take(name) } }, emoji(name)));
    fill(grid, faces.length ? faces : h("p", { class: "picker-note" }, "Nothing fits"));
    if (isFloating(popup)) place();
  };
  field.addEventListener("input", show);
  popup.addEventListener("keydown", (event) => steer(event, field, grid, take));
  show();
  openFloating(popup, anchor, { alignEnd: true });
  field.focus();
}

function steer(event, field, grid) {
  const faces = [...grid.querySelectorAll(".face")];
  const at = faces.indexOf(document.activeElement);
  const isTyping = document.activeElement === field;
  const step = { ArrowDown: isTyping ? 1 : COLUMNS, ArrowUp: -COLUMNS, ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") closeFloating({ refocus: true });
  else if (event.key === "Enter" && isTyping) faces[0]?.click();
  else if (step && isTyping && event.key === "ArrowDown") faces[0]?.focus();
  else if (step && !isTyping) (faces[at + step] || (step < 0 ? field : faces.at(-1)))?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
