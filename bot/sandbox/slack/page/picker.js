// A select with search: options given, or asked of the app while a person types; one choice or several.

import { fill, floatAt, h, icon, place } from "./dom.js";
import { plainText, textObject } from "./mrkdwn.js";

const SEARCH_FROM = 8;
const PAUSE_MS = 180;

let count = 0;
let openPicker = null;

document.addEventListener("pointerdown", (event) => {
  if (openPicker && !openPicker.popup.contains(event.target) && !openPicker.trigger.contains(event.target)) openPicker.close();
});
window.addEventListener("resize", () => openPicker?.follow());
document.addEventListener("scroll", (event) => openPicker && !openPicker.popup.contains(event.target) && openPicker.follow(), true);

/**
 * A picker's element.
 * `ask(text)` gives groups of options, `{label, options}`; `remote` asks anew for every text from `least` letters on.
 * `chosen` holds options; `change(options)` hears of every choice.
 */
export function picker({ id, label, placeholder, ask, remote = false, least = 0, many = false, most = Infinity, chosen = [], change }) {
  const own = { chosen: [...chosen], at: -1, shown: [], turn: 0, list: `picker-${(count += 1)}` };
  const words = h("span", { class: "select-words" });
  const trigger = h(
    "button",
    { id, type: "button", class: "select", aria: { haspopup: "listbox", expanded: "false", label: id ? null : label || placeholder } },
    words,
    icon("chevron"),
  );
  own.trigger = trigger;

  const draw = () => {
    trigger.classList.toggle("select-empty", own.chosen.length === 0);
    if (!own.chosen.length) fill(words, plainText(placeholder || "Choose"));
    else if (many) fill(words, own.chosen.map((option) => h("span", { class: "chip" }, textObject(option.text))));
    else fill(words, textObject(own.chosen[0].text));
  };

  const search = h("input", {
    class: "picker-search",
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: remote ? "Type to search" : "Filter",
    role: "combobox",
    aria: { label: `Search ${label || placeholder || "options"}`, controls: own.list, expanded: "true", autocomplete: "list" },
  });
  const list = h("ul", { class: "picker-list", id: own.list, role: "listbox", tabindex: "-1", aria: { multiselectable: many ? "true" : null, label: label || placeholder } });
  const popup = (own.popup = h("div", { class: "popup picker" }, search, list));

  const layout = () => ({ matchWidth: trigger.offsetWidth > 320, alignEnd: Boolean(trigger.closest(".b-side")) });
  own.follow = () => place(popup, trigger, layout());
  own.close = () => {
    if (openPicker !== own) return;
    openPicker = null;
    popup.remove();
    trigger.setAttribute("aria-expanded", "false");
  };

  const choose = (option) => {
    const held = own.chosen.findIndex((one) => one.value === option.value);
    if (!many) own.chosen = [option];
    else if (held >= 0) own.chosen.splice(held, 1);
    else if (own.chosen.length < most) own.chosen.push(option);
    draw();
    if (many) showGroups(own.groups);
    else {
      own.close();
      trigger.focus();
    }
    change([...own.chosen]);
  };

  const mark = (at) => {
    own.at = at;
    own.shown.forEach(({ row }, index) => row.classList.toggle("is-at", index === at));
    const row = own.shown[at]?.row;
    search.setAttribute("aria-activedescendant", row?.id || "");
    row?.scrollIntoView({ block: "nearest" });
  };

  const showGroups = (groups) => {
    own.groups = groups;
    own.shown = [];
    const rows = groups.flatMap((group) => [
      group.label ? h("li", { class: "picker-group", role: "presentation" }, plainText(group.label)) : null,
      ...group.options.map((option) => optionRow(option)),
    ]);
    fill(list, rows.filter(Boolean).length ? rows : note(remote && search.value.length < least ? `Type ${least} or more letters` : "Nothing fits"));
    const first = own.shown.findIndex(({ option }) => own.chosen.some((one) => one.value === option.value));
    mark(many ? Math.min(Math.max(own.at, 0), own.shown.length - 1) : Math.max(first, own.shown.length ? 0 : -1));
    own.follow();
  };

  const optionRow = (option) => {
    const isChosen = own.chosen.some((one) => one.value === option.value);
    const row = h(
      "li",
      { class: "picker-option", role: "option", id: `${own.list}-${own.shown.length}`, aria: { selected: String(isChosen) } },
      h("span", { class: "picker-text" }, textObject(option.text), option.description ? h("small", {}, textObject(option.description)) : null),
      isChosen ? icon("check") : null,
    );
    const index = own.shown.length;
    row.addEventListener("pointermove", () => own.at !== index && mark(index));
    row.addEventListener("click", () => choose(option));
    own.shown.push({ option, row });
    return row;
  };

  const note = (text) => h("li", { class: "picker-note", role: "presentation" }, text);

  const load = async () => {
    const text = search.value.trim();
    const turn = (own.turn += 1);
    if (remote && text.length < least) return showGroups([]);
    if (remote) fill(list, note("Searching…"));
    const groups = await ask(text);
    if (turn !== own.turn || openPicker !== own) return undefined;
    return showGroups(remote ? groups : narrowed(groups, text));
  };

  const open = async () => {
    openPicker?.close();
    openPicker = own;
    search.value = "";
    own.at = -1;
    trigger.setAttribute("aria-expanded", "true");
    floatAt(popup, trigger, layout());
    const total = remote ? Infinity : (await ask("")).reduce((sum, group) => sum + group.options.length, 0);
    search.classList.toggle("is-hidden", total < SEARCH_FROM);
    search.focus();
    await load();
  };

  trigger.addEventListener("click", () => (openPicker === own ? own.close() : open()));
  trigger.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      open();
    }
  });
  let pause = 0;
  search.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(load, remote ? PAUSE_MS : 0);
  });
  search.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && own.shown.length) mark((own.at + step + own.shown.length) % own.shown.length);
    else if (event.key === "Enter" && own.shown[own.at]) choose(own.shown[own.at].option);
    else if (event.key === "Escape" || event.key === "Tab") {
      own.close();
      trigger.focus();
      if (event.key === "Tab") return;
    } else if (event.key !== "Enter" && !step) return;
    event.preventDefault();
    event.stopPropagation();
  });
  draw();
  return trigger;
}

function narrowed(groups, text) {
  const wanted = text.toLocaleLowerCase();
  return groups
    .map((group) => ({ ...group, options: group.options.filter((option) => (option.text?.text || "").toLocaleLowerCase().includes(wanted)) }))
    .filter((group) => group.options.length);
}

/** A menu behind a button: `entries` are `{text, description, choose}`; the chosen one runs. */
export function menuButton({ label, className, content, entries, alignEnd = true }) {
  const trigger = h("button", { type: "button", class: className, aria: { label, haspopup: "menu", expanded: "false" } }, content);
  const popup = h("div", { class: "popup menu", role: "menu", aria: { label } });
  const own = { trigger, popup, follow: () => place(popup, trigger, { alignEnd }) };
  own.close = () => {
    if (openPicker !== own) return;
    openPicker = null;
    popup.remove();
    trigger.setAttribute("aria-expanded", "false");
  };
  const open = () => {
    openPicker?.close();
    openPicker = own;
    const rows = entries().map((entry) => menuRow(entry, own));
    fill(popup, rows);
    trigger.setAttribute("aria-expanded", "true");
    floatAt(popup, trigger, { alignEnd });
    (rows.find((row) => row.getAttribute("aria-current")) || rows[0])?.focus();
  };
  trigger.addEventListener("click", () => (openPicker === own ? own.close() : open()));
  popup.addEventListener("keydown", (event) => {
    const rows = [...popup.children];
    const at = rows.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) rows[(at + step + rows.length) % rows.length].focus();
    else if (event.key === "Escape") {
      own.close();
      trigger.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return trigger;
}

function menuRow(entry, own) {
  const row = h(
    "button",
    { type: "button", class: "menu-row", role: "menuitem", aria: { current: entry.isCurrent ? "true" : null } },
    entry.lead || null,
    h("span", { class: "picker-text" }, entry.text, entry.description ? h("small", {}, entry.description) : null),
    entry.isCurrent ? icon("check") : null,
  );
  row.addEventListener("click", () => {
    own.close();
    own.trigger.focus();
    entry.choose();
  });
  return row;
}
