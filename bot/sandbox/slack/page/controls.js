// Interactive elements of messages, modals and Home: each draws itself, holds its value, and tells its surface.

import { confirmed, notice } from "./dialogs.js";
import { h, listOf } from "./dom.js";
import { choices, dated, typed } from "./fields.js";
import { fileInput } from "./fileinput.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { mrkdwn, plainText, safeAddress } from "./mrkdwn.js";
import { picker } from "./picker.js";
import { picture } from "./pictures.js";
import { richInput } from "./richinput.js";
import { state } from "./state.js";
import { initialValue, PLACES } from "./values.js";

/**
 * The control of one element.
 * A change is held and, where it acts, told to the app; a person who does not agree to it keeps what was there.
 * `acts` says whether a change is told to the app at once; `id` and `described` tie it to an input's label and hint.
 */
export function control(element, block, surface, { id = null, described = null, acts = true } = {}) {
  const draw = CONTROLS[element?.type];
  if (!draw) return h("span", { class: "unshown" }, `(${element?.type ?? "an element without a type"} is not shown here)`);
  const told = async (value) => {
    const before = surface.value(block, element);
    surface.hold(block, element, value);
    if (!acts) return true;
    const agrees = await confirmed(element.confirm);
    if (agrees) await surface.act(block, element, value);
    else surface.hold(block, element, before);
    return agrees;
  };
  const made = draw({ element, block, surface, id, acts, told, held: surface.value(block, element) ?? initialValue(element) });
  if (described) (made.matches("input, textarea, button, [role]") ? made : (made.querySelector("input, textarea, button, [role]") ?? made)).setAttribute("aria-describedby", described);
  if (element.focus_on_load) made.setAttribute("data-autofocus", "");
  return made;
}

const CONTROLS = {
  button,
  workflow_button: workflowButton,
  feedback_buttons: feedback,
  icon_button: iconElement,
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
  rich_text_input: richInput,
  file_input: fileInput,
  datepicker: dated,
  timepicker: dated,
  datetimepicker: dated,
  image: ({ element }) => picture(element, "thumb"),
};

/** Act once at a time; what takes long shows it, what failed keeps a mark. */
function pressing(button, act) {
  return async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      button.classList.toggle("has-failed", (await act()) === false);
    } finally {
      button.removeAttribute("aria-busy");
    }
  };
}

function button({ element, block, surface }) {
  const style = ["primary", "danger"].includes(element.style) ? ` button-${element.style}` : "";
  const shape = { class: `button${style}`, aria: { label: element.accessibility_label || null } };
  const address = safeAddress(element.url);
  const made = address
    ? h("a", { ...shape, href: address, target: "_blank", rel: "noopener noreferrer" }, plainText(element.text?.text), icon("out"))
    : h("button", { ...shape, type: "button" }, plainText(element.text?.text));
  const press = pressing(made, async () => ((await confirmed(element.confirm, element.style)) ? surface.act(block, element, {}) : undefined));
  made.addEventListener("click", (event) => {
    // A link that asks first is opened by hand, once the person agreed.
    if (address && element.confirm) {
      event.preventDefault();
      confirmed(element.confirm, element.style).then((agrees) => {
        if (!agrees) return;
        window.open(address, "_blank", "noopener,noreferrer");
        surface.act(block, element, {});
      });
    } else press();
  });
  return made;
}

function workflowButton({ element }) {
  const style = ["primary", "danger"].includes(element.style) ? ` button-${element.style}` : "";
  const tell = () => notice("Workflows run in the real Slack only.");
  return h("button", { type: "button", class: `button${style}`, aria: { label: element.accessibility_label || null }, on: { click: tell } }, plainText(element.text?.text));
}

function feedback({ element, block, surface }) {
  const both = [["positive_button", "👍"], ["negative_button", "👎"]].map(([key, face]) => {
    const given = element[key] || {};
    const label = given.accessibility_label || given.text?.text;
    const made = h("button", { type: "button", class: "button button-small", aria: { label, pressed: "false" } }, face, " ", plainText(given.text?.text));
    made.addEventListener("click", pressing(made, async () => {
      const isTaken = await surface.act(block, element, { text: given.text, value: given.value });
      if (isTaken) both.forEach((one) => one.setAttribute("aria-pressed", String(one === made)));
      return isTaken;
    }));
    return made;
  });
  return h("span", { class: "feedback", role: "group", aria: { label: "Feedback" } }, both);
}

function iconElement({ element, block, surface }) {
  const visible = listOf(element.visible_to_user_ids);
  if (visible.length && !visible.includes(state.me.id)) return h("span", { hidden: true });
  const label = element.accessibility_label || element.text?.text;
  const made = h("button", { type: "button", class: "icon-button", title: element.text?.text, aria: { label } }, icon(element.icon === "trash" ? "trash" : "circle"));
  made.addEventListener("click", pressing(made, async () => ((await confirmed(element.confirm)) ? surface.act(block, element, {}) : undefined)));
  return made;
}

function overflow({ element, block, surface }) {
  const choose = async (chosen) => {
    if (!(await confirmed(element.confirm))) return;
    const address = safeAddress(chosen.url);
    if (address) window.open(address, "_blank", "noopener,noreferrer");
    await surface.act(block, element, { selected_option: chosen });
  };
  const entries = () =>
    listOf(element.options).map((one) => ({
      text: plainText(one.text?.text),
      description: one.description ? plainText(one.description.text) : null,
      choose: () => choose(one),
    }));
  return menuButton({ label: "More actions", className: "icon-button overflow", content: icon("dots"), entries });
}

function select({ element, block, surface, id, acts, told, held }) {
  const many = element.type.startsWith("multi_");
  const isRemote = element.type.endsWith("external_select");
  const groups = element.option_groups ? listOf(element.option_groups).map((group) => ({ label: group.label?.text, options: listOf(group.options) })) : [{ options: listOf(element.options) }];
  return picker({
    id,
    label: block.label?.text,
    placeholder: element.placeholder?.text,
    isRemote,
    least: isRemote ? (element.min_query_length ?? 3) : 0,
    many,
    mayClear: Boolean(block.optional) && !acts,
    most: element.max_selected_items ?? Infinity,
    chosen: many ? listOf(held.selected_options) : [held.selected_option].filter(Boolean),
    ask: (text) => (isRemote ? surface.options(block, element, text) : Promise.resolve(groups)),
    change: (options) => told({ type: element.type, ...(many ? { selected_options: options } : { selected_option: options[0] ?? null }) }),
  });
}

function placeSelect({ element, block, id, acts, told, held }) {
  const many = element.type.startsWith("multi_");
  const { value, options } = PLACES[element.type.replace("multi_", "")];
  const key = many ? `${value}s` : value;
  const ids = [held[key]].flat().filter(Boolean);
  return picker({
    id,
    label: block.label?.text,
    placeholder: element.placeholder?.text,
    many,
    mayClear: Boolean(block.optional) && !acts,
    most: element.max_selected_items ?? Infinity,
    chosen: options(element).filter((one) => ids.includes(one.value)),
    ask: () => Promise.resolve([{ options: options(element) }]),
    change: (chosen) => told({ type: element.type, [key]: many ? chosen.map((one) => one.value) : (chosen[0]?.value ?? null) }),
  });
}

/** The words or the picture of an element that stands in a context block. */
export function contextElement(element) {
  if (element?.type === "image") return picture(element, "context-image");
  return h("span", {}, element?.type === "mrkdwn" ? mrkdwn(element.text) : plainText(element?.text));
}
