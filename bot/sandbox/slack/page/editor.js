// A message of mine while I change it: Enter saves, Escape leaves it as it was.

import { act } from "./api.js";
import { notice, sentence } from "./dialogs.js";
import { h } from "./dom.js";
import { edit, state } from "./state.js";

/** The field that stands in the place of a message's words. */
export function editor(message) {
  const field = h("textarea", { class: "input", rows: "2", aria: { label: "Change your message" } });
  field.value = asWritten(message.text);
  const save = async () => {
    try {
      await act("edit", { person: state.me.name, channel: message.channel, ts: message.ts, text: field.value.trim() });
      edit(null);
    } catch (error) {
      notice(sentence(error.message));
    }
  };
  const cancel = h("button", { type: "button", class: "button", on: { click: () => edit(null) } }, "Cancel");
  const form = h("form", { class: "editor" }, field, h("div", { class: "b-actions" }, h("button", { type: "submit", class: "button button-primary" }, "Save"), cancel));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") edit(null);
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  requestAnimationFrame(() => field.focus());
  return form;
}

/** A sent text as its author wrote it: names where Slack keeps ids, and no entities. */
function asWritten(text) {
  return text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (whole, id) => (state.people.has(id) ? `@${state.people.get(id).name}` : whole))
    .replace(/<#([A-Z0-9]+)(?:\|([^>]*))?>/g, (whole, id, name) => `#${name || state.channels.find((one) => one.id === id)?.name || id}`)
    .replace(/<((?:https?|mailto):[^>|]+)(?:\|[^>]*)?>/g, "$1")
    .replace(/&(lt|gt|amp);/g, (_whole, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}
