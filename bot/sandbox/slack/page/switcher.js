// The quick switcher behind Ctrl+K: to a channel, a conversation, or through somebody else's eyes.

import { act } from "./api.js";
import { notice, sentence } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { avatar, icon } from "./icons.js";
import { plainText } from "./mrkdwn.js";
import { become, isApp, loadChannels, placeNamed, places, state, theApp } from "./state.js";
import { placeName } from "./values.js";

/** Ask where to go; `reach(place)` goes there. */
export function openSwitcher(reach) {
  if (document.querySelector(".switcher")) return;
  const field = h("input", { class: "switcher-field", type: "text", placeholder: "Go to a channel or a person", autocomplete: "off", role: "combobox", aria: { label: "Go to", controls: "switcher-list", expanded: "true", autocomplete: "list" } });
  const list = h("ul", { class: "picker-list", id: "switcher-list", role: "listbox", aria: { label: "Places" } });
  const dialog = h("dialog", { class: "dialog switcher", aria: { label: "Go to" } }, field, list);
  const all = destinations(reach);
  let found = [];
  let at = 0;
  const choose = async (one) => {
    dialog.close();
    await one.choose();
  };
  const show = () => {
    fill(list, found.length ? found.map((one, index) => row(one, index, index === at, () => choose(one))) : h("li", { class: "picker-note", role: "presentation" }, "Nothing fits"));
    field.setAttribute("aria-activedescendant", found.length ? `go-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const narrow = () => {
    const wanted = field.value.trim().toLocaleLowerCase().replace(/^[#@]/, "");
    const begins = (one) => one.words.toLocaleLowerCase().replace(/^#/, "").startsWith(wanted);
    const fits = all.filter((one) => one.words.toLocaleLowerCase().includes(wanted));
    // What begins with the letters comes first; a sort keeps the order of equals.
    found = fits.sort((one, other) => Number(begins(other)) - Number(begins(one)));
    at = 0;
    show();
  };
  field.addEventListener("input", narrow);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      at = (at + step + found.length) % found.length;
      show();
    } else if (event.key === "Enter" && found[at]) choose(found[at]);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  narrow();
  field.focus();
}

function row(one, index, isAt, choose) {
  return h(
    "li",
    { class: isAt ? "picker-option is-at" : "picker-option", role: "option", id: `go-${index}`, aria: { selected: String(isAt) }, on: { click: choose } },
    one.lead,
    h("span", { class: "picker-text" }, h("span", {}, one.title), one.detail ? h("small", {}, plainText(one.detail)) : null),
    one.note ? h("span", { class: "badge" }, one.note) : null,
  );
}

function destinations(reach) {
  const mine = places().map((place) => ({
    ...named(place),
    lead: isApp(place) ? avatar(theApp(), "avatar-tiny") : icon(place.is_im || place.is_mpim ? "users" : place.is_private ? "lock" : "hash"),
    note: place.unread ? `${place.unread} new` : "",
    choose: () => reach(place),
  }));
  const others = state.others.map((place) => ({ ...named(place), lead: icon("hash"), note: "JOIN", choose: () => join(place, reach) }));
  const people = [...state.people.values()].filter((one) => !one.is_bot && one.id !== state.me.id);
  const eyes = people.map((one) => ({ title: one.real_name, detail: one.title, words: `${one.real_name} ${one.name}`, lead: avatar(one, "avatar-tiny"), note: "SEE AS", choose: () => become(one.name) }));
  return [...mine, ...others, ...eyes];
}

function named(place) {
  const title = isApp(place) ? theApp().real_name : placeName(place);
  return { title, detail: place.topic, words: title };
}

async function join(place, reach) {
  try {
    await act("join", { person: state.me.name, channel: place.id });
    await loadChannels();
    await reach(placeNamed(place.name));
  } catch (error) {
    notice(sentence(error.message));
  }
}
