// Interactive elements of messages, modals and Home: each draws itself, holds its value, and tells its surface.

import { h, icon } from "./dom.js";
import { confirmed } from "./dialogs.js";
import { linkTo, mrkdwn, plainText, safeAddress, textObject } from "./mrkdwn.js";
import { menuButton, picker } from "./picker.js";
import { state } from "./state.js";

let names = 0;

/**
 * The control of one element.
 * A surface has `value(block, element)`, `hold(block, element, value)`, `act(block, element, chosen)` and
 * `options(block, element, text)`; `acts` says whether a change is told to the app at once.
 */
export function control(element, block, surface, { id, acts = true } = {}) {
  const draw = CONTROLS[element.type];
  if (!draw) return h("span", { class: "unshown" }, `(${element.type} is not shown here)`);
  const told = async (value) => {
    surface.hold(block, element, value);
    if (acts && (await confirmed(element.confirm))) await surface.act(block, element, value);
  };
  return draw({ element, block, surface, id, told, held: surface.value(block, element) ?? null });
}

/** What an input holds before anybody touches it, in the shape of `view.state.values`. */
export function initialValue(element) {
  const { type } = element;
  if (FIELDS[type]) return { type, [FIELDS[type].value]: element[FIELDS[type].initial] ?? null };
  if (type === "checkboxes" || type === "multi_static_select" || type === "multi_external_select") {
    return { type, selected_options: element.initial_options || [] };
  }
  const people = PLACES[type.replace("multi_", "")];
  if (people) {
    const many = type.startsWith("multi_");
    return { type, [many ? `${people.value}s` : people.value]: element[`initial_${people.noun}${many ? "s" : ""}`] ?? (many ? [] : null) };
  }
  if (type === "rich_text_input") return { type, rich_text_value: element.initial_value ?? null };
  return { type, selected_option: element.initial_option ?? null };
}

const FIELDS = {
  plain_text_input: { value: "value", initial: "initial_value" },
  number_input: { value: "value", initial: "initial_value" },
  email_text_input: { value: "value", initial: "initial_value" },
  url_text_input: { value: "value", initial: "initial_value" },
  datepicker: { value: "selected_date", initial: "initial_date", kind: "date" },
  timepicker: { value: "selected_time", initial: "initial_time", kind: "time" },
  datetimepicker: { value: "selected_date_time", initial: "initial_date_time", kind: "datetime-local" },
};

const PLACES = {
  users_select: { noun: "user", value: "selected_user", options: () => [...state.people.values()].filter((one) => !one.is_bot).map((one) => option(one.real_name, one.id)) },
  channels_select: { noun: "channel", value: "selected_channel", options: () => state.channels.map((one) => option(`#${one.name}`, one.id)) },
  conversations_select: { noun: "conversation", value: "selected_conversation", options: () => state.channels.map((one) => option(`#${one.name}`, one.id)) },
};

function option(text, value) {
  return { text: { type: "plain_text", text }, value };
}

const CONTROLS = {
  button,
  overflow,
  static_select: select,
  external_select: select,
  multi_static_select: select,
  multi_external_select: select,
  users_select: placeSelect,
  channels_select: placeSelect,
  conversations_select: placeSelect,
  multi_users_select: placeSelect,
  multi_channels_select: placeSelect,
  multi_conversations_select: placeSelect,
  radio_buttons: choices,
  checkboxes: choices,
  plain_text_input: typed,
  number_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  rich_text_input: typed,
  datepicker: dated,
  timepicker: dated,
  datetimepicker: dated,
  image: ({ element }) => picture(element, "thumb"),
};

function button({ element, block, surface }) {
  const classes = ["button", element.style ? `button-${element.style}` : ""].join(" ").trim();
  const label = element.accessibility_label || null;
  const press = async () => {
    if (!(await confirmed(element.confirm, element.style))) return;
    pressed.setAttribute("aria-busy", "true");
    try {
      await surface.act(block, element, {});
    } finally {
      pressed.removeAttribute("aria-busy");
    }
  };
  const busyGuard = () => pressed.getAttribute("aria-busy") !== "true" && press();
  const address = safeAddress(element.url);
  const pressed = address
    ? h("a", { class: `${classes} button-link`, href: address, target: "_blank", rel: "noopener noreferrer", aria: { label }, on: { click: press } }, plainText(element.text?.text))
    : h("button", { type: "button", class: classes, aria: { label }, on: { click: busyGuard } }, plainText(element.text?.text));
  return pressed;
}

function overflow({ element, block, surface }) {
  const choose = async (chosen) => {
    if (await confirmed(element.confirm)) await surface.act(block, element, { selected_option: chosen });
  };
  const entries = () =>
    (element.options || []).map((one) => ({
      text: plainText(one.text?.text),
      description: one.description ? plainText(one.description.text) : null,
      choose: () => {
        const address = safeAddress(one.url);
        if (address) window.open(address, "_blank", "noopener,noreferrer");
        choose(one);
      },
    }));
  return menuButton({ label: "More actions", className: "icon-button overflow", content: icon("dots"), entries });
}

function select({ element, block, surface, id, told, held }) {
  const many = element.type.startsWith("multi_");
  const remote = element.type.endsWith("external_select");
  const groups = element.option_groups?.map((group) => ({ label: group.label?.text, options: group.options })) || [{ options: element.options || [] }];
  const current = held ?? initialValue(element);
  return picker({
    id,
    label: block.label?.text,
    placeholder: element.placeholder?.text,
    remote,
    least: remote ? (element.min_query_length ?? 3) : 0,
    many,
    most: element.max_selected_items ?? Infinity,
    chosen: many ? current.selected_options || [] : [current.selected_option].filter(Boolean),
    ask: (text) => (remote ? surface.options(block, element, text) : Promise.resolve(groups)),
    change: (options) => told({ type: element.type, ...(many ? { selected_options: options } : { selected_option: options[0] ?? null }) }),
  });
}

function placeSelect({ element, block, id, told, held }) {
  const many = element.type.startsWith("multi_");
  const { value, options } = PLACES[element.type.replace("multi_", "")];
  const key = many ? `${value}s` : value;
  const ids = [(held ?? initialValue(element))[key]].flat().filter(Boolean);
  return picker({
    id,
    label: block.label?.text,
    placeholder: element.placeholder?.text,
    many,
    most: element.max_selected_items ?? Infinity,
    chosen: options().filter((one) => ids.includes(one.value)),
    ask: () => Promise.resolve([{ options: options() }]),
    change: (chosen) => told({ type: element.type, [key]: many ? chosen.map((one) => one.value) : (chosen[0]?.value ?? null) }),
  });
}

function choices({ element, block, id, told, held }) {
  const many = element.type === "checkboxes";
  const current = held ?? initialValue(element);
  const chosen = new Set((many ? current.selected_options || [] : [current.selected_option].filter(Boolean)).map((one) => one.value));
  const name = `choice-${(names += 1)}`;
  const boxes = (element.options || []).map((one, at) => {
    const box = h("input", { type: many ? "checkbox" : "radio", name, id: at === 0 && id ? id : `${name}-${at}`, checked: chosen.has(one.value) });
    box.addEventListener("change", () => {
      if (!many) chosen.clear();
      if (box.checked) chosen.add(one.value);
      else chosen.delete(one.value);
      const options = element.options.filter((each) => chosen.has(each.value));
      told({ type: element.type, ...(many ? { selected_options: options } : { selected_option: options[0] ?? null }) });
    });
    const description = one.description ? h("small", {}, textObject(one.description)) : null;
    return h("label", { class: "choice" }, box, h("span", {}, textObject(one.text), description));
  });
  return h("div", { class: "choices", role: many ? "group" : "radiogroup", aria: { label: block.label?.text } }, boxes);
}

function typed({ element, block, surface, id, told, held }) {
  const value = (held ?? initialValue(element)).value ?? "";
  const isLong = element.multiline || element.type === "rich_text_input";
  const kinds = { number_input: "number", email_text_input: "email", url_text_input: "url" };
  const shape = {
    id,
    class: "input",
    placeholder: element.placeholder?.text,
    minlength: element.min_length,
    maxlength: element.max_length ?? 3000,
    autocomplete: "off",
    "data-autofocus": element.focus_on_load,
  };
  const field = isLong
    ? h("textarea", { ...shape, rows: "4" })
    : h("input", { ...shape, type: kinds[element.type] || "text", min: element.min_value, max: element.max_value, step: element.type === "number_input" ? (element.is_decimal_allowed ? "any" : "1") : null });
  field.value = value;
  field.addEventListener("input", () => surface.hold(block, element, typedValue(element, field.value)));
  field.addEventListener("change", () => told(typedValue(element, field.value)));
  return field;
}

function typedValue(element, text) {
  if (element.type !== "rich_text_input") return { type: element.type, value: text || null };
  const elements = [{ type: "rich_text_section", elements: [{ type: "text", text }] }];
  return { type: element.type, rich_text_value: text ? { type: "rich_text", elements } : null };
}

function dated({ element, block, id, told, held }) {
  const { value, kind } = FIELDS[element.type];
  const current = (held ?? initialValue(element))[value];
  const field = h("input", { id, class: "input input-date", type: kind, aria: { label: id ? null : block.label?.text || element.placeholder?.text || kind } });
  field.value = kind === "datetime-local" ? localMoment(current) : (current ?? "");
  field.addEventListener("change", () => {
    const chosen = kind === "datetime-local" && field.value ? Math.floor(new Date(field.value).getTime() / 1000) : field.value || null;
    told({ type: element.type, [value]: chosen });
  });
  return field;
}

function localMoment(seconds) {
  if (!seconds) return "";
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

/** A picture, or its description where it cannot be fetched. */
export function picture(block, className) {
  const address = String(block.image_url ?? block.slack_file?.url ?? "");
  const shown = /^(https:|data:image\/|\/)/i.test(address);
  const instead = () => h("span", { class: "unshown" }, block.alt_text || "A picture");
  if (!shown) return address ? linkTo(address, block.alt_text || address) : instead();
  const image = h("img", { class: className, src: address, alt: block.alt_text || "", loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(instead()));
  return image;
}

/** The words of an element that stands in a context block. */
export function contextElement(element) {
  if (element.type === "image") return picture(element, "context-image");
  return h("span", {}, element.type === "mrkdwn" ? mrkdwn(element.text) : plainText(element.text));
}
