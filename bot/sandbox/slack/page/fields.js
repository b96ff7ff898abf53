// Fields that a person types, picks a moment in, or ticks.

import { fill, h, listOf } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { FIELDS } from "./values.js";

const NEARLY_FULL = 0.8;
let names = 0;

/** A field for text, a number or an address; with a counter where its length is limited. */
export function typed({ element, surface, block, id, acts, told, held }) {
  const shape = { id, class: "input", placeholder: element.placeholder?.text, autocomplete: "off", "data-lpignore": "true", aria: { label: id ? null : element.placeholder?.text || "Text" } };
  const field = element.multiline ? h("textarea", { ...shape, rows: "4" }) : h("input", { ...shape, ...single(element) });
  field.value = held.value ?? "";
  const counter = h("span", { class: "counter", aria: { live: "polite" } });
  const value = () => ({ type: element.type, value: field.value || null });
  const count = () => fill(counter, lengthNote(element, [...field.value].length));
  const { trigger_actions_on: triggers } = element.dispatch_action_config || {};
  const onTyping = acts && listOf(triggers).includes("on_character_entered");
  field.addEventListener("input", () => {
    surface.hold(block, element, value());
    count();
    if (onTyping) told(value());
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !acts || element.multiline || onTyping) return;
    event.preventDefault();
    told(value());
  });
  count();
  const isLimited = element.type === "plain_text_input" && (element.min_length || element.max_length);
  return isLimited ? h("div", { class: "counted" }, field, counter) : field;
}

/** What keeps a one-line field to its kind; the kind is checked when the form is sent, with a sentence at the field. */
function single(element) {
  if (element.type !== "number_input") return { type: { email: "email", url: "url" }[FIELDS[element.type].kind] || "text" };
  return { type: "number", min: element.min_value, max: element.max_value, step: element.is_decimal_allowed ? "any" : "1", inputmode: element.is_decimal_allowed ? "decimal" : "numeric" };
}

function lengthNote({ min_length: least, max_length: most }, length) {
  if (most && length > most) return h("b", { class: "over" }, `${most - length}`);
  if (most && length >= most * NEARLY_FULL) return `${most - length} left`;
  if (least && length < least) return length ? `${least - length} more` : `at least ${least} characters`;
  return most ? `${length} / ${most}` : "";
}

/** A day, a time of day, or both. */
export function dated({ element, block, id, told, held }) {
  const { value, kind } = FIELDS[element.type];
  const words = block.label?.text || element.placeholder?.text || { date: "Date", time: "Time", "datetime-local": "Date and time" }[kind];
  const field = h("input", { id, class: "input input-date", type: kind, title: element.placeholder?.text, aria: { label: id ? null : words } });
  field.value = kind === "datetime-local" ? localMoment(held[value]) : (held[value] ?? "");
  let kept = field.value;
  field.addEventListener("change", async () => {
    const chosen = kind === "datetime-local" && field.value ? Math.floor(new Date(field.value).getTime() / 1000) : field.value || null;
    if (await told({ type: element.type, [value]: chosen })) kept = field.value;
    else field.value = kept;
  });
  return field;
}

function localMoment(seconds) {
  if (!seconds) return "";
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Boxes to tick, or circles of which one is chosen. */
export function choices({ element, block, id, told, held }) {
  const many = element.type === "checkboxes";
  const chosen = new Set((many ? listOf(held.selected_options) : [held.selected_option].filter(Boolean)).map((one) => one.value));
  const name = `choice-${(names += 1)}`;
  const boxes = listOf(element.options).map((one, at) => {
    const box = h("input", { type: many ? "checkbox" : "radio", name, id: at === 0 && id ? id : `${name}-${at}`, checked: chosen.has(one.value) });
    box.addEventListener("change", async () => {
      const before = new Set(chosen);
      if (!many) chosen.clear();
      if (box.checked) chosen.add(one.value);
      else chosen.delete(one.value);
      const options = element.options.filter((each) => chosen.has(each.value));
      const agrees = await told({ type: element.type, ...(many ? { selected_options: options } : { selected_option: options[0] ?? null }) });
      if (!agrees) restore(before);
    });
    const description = one.description ? h("small", {}, textObject(one.description)) : null;
    return h("label", { class: "choice" }, box, h("span", {}, textObject(one.text), description));
  });
  const restore = (before) => {
    chosen.clear();
    for (const value of before) chosen.add(value);
    element.options.forEach((one, at) => (boxes[at].firstChild.checked = before.has(one.value)));
  };
  return h("div", { class: "choices", role: many ? "group" : "radiogroup", aria: { label: id ? null : block.text?.text || "Choices", labelledby: id ? `${id}-label` : null } }, boxes);
}
