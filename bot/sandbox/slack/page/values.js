// What the inputs of Block Kit hold, in the shape of `view.state.values`, and what they offer by themselves.

import { listOf } from "./dom.js";
import { isApp, person, places, state } from "./state.js";

/** Inputs with one value: the value's key and the key of what it begins with. */
export const FIELDS = {
  plain_text_input: { value: "value", initial: "initial_value" },
  number_input: { value: "value", initial: "initial_value", kind: "number" },
  email_text_input: { value: "value", initial: "initial_value", kind: "email" },
  url_text_input: { value: "value", initial: "initial_value", kind: "url" },
  rich_text_input: { value: "rich_text_value", initial: "initial_value" },
  datepicker: { value: "selected_date", initial: "initial_date", kind: "date" },
  timepicker: { value: "selected_time", initial: "initial_time", kind: "time" },
  datetimepicker: { value: "selected_date_time", initial: "initial_date_time", kind: "datetime-local" },
};

/** Selects whose options the workspace knows: the value's key, and the options. */
export const PLACES = {
  users_select: { noun: "user", value: "selected_user", options: people },
  channels_select: { noun: "channel", value: "selected_channel", options: () => state.channels.filter((one) => !one.is_private).map(placeOption) },
  conversations_select: { noun: "conversation", value: "selected_conversation", options: conversations },
};

/** What an input holds before anybody touches it. */
export function initialValue(element) {
  const { type } = element;
  if (type === "file_input") return { type, files: [] };
  if (FIELDS[type]) return { type, [FIELDS[type].value]: element[FIELDS[type].initial] ?? null };
  if (type === "checkboxes" || type === "multi_static_select" || type === "multi_external_select") {
    return { type, selected_options: listOf(element.initial_options) };
  }
  const known = PLACES[type.replace("multi_", "")];
  if (known) return { type, ...initialPlaces(element, known, type.startsWith("multi_")) };
  return { type, selected_option: element.initial_option ?? null };
}

function initialPlaces(element, { noun, value }, many) {
  const given = element[`initial_${noun}${many ? "s" : ""}`];
  const here = element.default_to_current_conversation ? state.place.id : null;
  return many ? { [`${value}s`]: given ?? (here ? [here] : []) } : { [value]: given ?? here };
}

/** Whether nothing was filled in. */
export function isEmpty({ type: _type, ...held }) {
  const [value] = Object.values(held);
  return value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
}

function people() {
  const all = [...state.people.values()].filter((one) => !one.is_bot);
  return all.map((one) => ({ ...option(one.real_name, one.id), person: one }));
}

function conversations(element) {
  const { include, exclude_bot_users: withoutBots } = element.filter || {};
  const kindOf = (place) => (place.is_im ? "im" : place.is_mpim ? "mpim" : place.is_private ? "private" : "public");
  return places()
    .filter((place) => !include || include.includes(kindOf(place)))
    .filter((place) => !(withoutBots && isApp(place)))
    .map(placeOption);
}

function placeOption(place) {
  return { ...option(placeName(place), place.id), place };
}

function option(text, value) {
  return { text: { type: "plain_text", text }, value };
}

/** What a place is called: a channel with its mark, a conversation by who is in it. */
export function placeName(place) {
  if (!place.is_im && !place.is_mpim) return `#${place.name}`;
  const others = listOf(place.member_ids).filter((id) => id !== state.me.id);
  return others.map((id) => person(id).real_name).join(", ") || place.name;
}
