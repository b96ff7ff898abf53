// A select with search: options given, or asked of the app while a person types; one choice or several.

import { fill, h, listOf } from "./dom.js";
import { sentence } from "./dialogs.js";
import { closeFloating, isFloating, openFloating, place } from "./floating.js";
import { avatar, icon } from "./icons.js";
import { plainText, textObject } from "./mrkdwn.js";

const SEARCH_FROM = 8;
const PAUSE_MS = 180;

let count = 0;

/**
 * A picker's element.
 * `ask(text)` gives groups of options, `{label, options}`; `isRemote` asks anew for every text from `least` letters on.
 * `chosen` holds options; `change(options)` hears of every choice, and its false takes the choice back.
 */
export function picker(given) {
  return new Picker({ least: 0, many: false, mayClear: false, most: Infinity, chosen: [], isRemote: false, ...given }).trigger;
}

class Picker {
  constructor(given) {
    this.given = given;
    this.chosen = [...given.chosen];
    this.at = -1;
    this.shown = [];
    this.groups = [];
    this.turn = 0;
    this.pause = 0;
    this.list = `picker-${(count += 1)}`;
    this.build();
    this.draw();
  }

  build() {
    const { id, label, placeholder, isRemote, many } = this.given;
    this.words = h("span", { class: "select-words" });
    this.trigger = h("button", { id, type: "button", class: "select", aria: { haspopup: "listbox", expanded: "false", label: id ? null : label || placeholder } }, this.words, icon("chevron"));
    this.search = h("input", {
      class: "picker-search",
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: isRemote ? "Type to search" : "Filter",
      role: "combobox",
      aria: { label: `Search ${label || placeholder || "options"}`, controls: this.list, expanded: "true", autocomplete: "list" },
    });
    this.options = h("ul", { class: "picker-list", id: this.list, role: "listbox", tabindex: "-1", aria: { multiselectable: many ? "true" : null, label: label || placeholder || "Options" } });
    this.popup = h("div", { class: "popup picker" }, this.search, this.options);
    this.trigger.addEventListener("click", () => (isFloating(this.popup) ? closeFloating() : this.open()));
    this.trigger.addEventListener("keydown", (event) => {
      if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
      event.preventDefault();
      this.open();
    });
    this.popup.addEventListener("keydown", (event) => this.steer(event));
    // Pressing an option leaves the focus in the search field, where the keys are heard.
    this.options.addEventListener("pointerdown", (event) => event.preventDefault());
    this.search.addEventListener("input", () => {
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.load(), isRemote ? PAUSE_MS : 0);
    });
  }

  draw() {
    const { placeholder, many } = this.given;
    this.trigger.classList.toggle("select-empty", this.chosen.length === 0);
    if (!this.chosen.length) fill(this.words, plainText(placeholder || "Choose"));
    else if (many) fill(this.words, this.chosen.map((option) => h("span", { class: "chip" }, textObject(option.text))));
    else fill(this.words, textObject(this.chosen[0].text));
  }

  async open() {
    const { ask, isRemote } = this.given;
    this.search.value = "";
    this.at = -1;
    openFloating(this.popup, this.trigger, { matchWidth: this.trigger.offsetWidth > 320, alignEnd: Boolean(this.trigger.closest(".b-side")) });
    const total = isRemote ? Infinity : (await ask("")).reduce((sum, group) => sum + group.options.length, 0);
    this.search.classList.toggle("is-hidden", total < SEARCH_FROM);
    this.search.focus();
    await this.load();
  }

  async load() {
    const { ask, isRemote, least } = this.given;
    const text = this.search.value.trim();
    const turn = (this.turn += 1);
    if (isRemote && text.length < least) return this.say(`Type ${least} or more letters`);
    if (isRemote) this.say("Searching…", true);
    try {
      const groups = await ask(text);
      if (turn !== this.turn || !isFloating(this.popup)) return undefined;
      return this.show(isRemote ? groups : narrowed(groups, text));
    } catch (error) {
      return turn === this.turn && isFloating(this.popup) ? this.say(sentence(error.message), false, "picker-trouble") : undefined;
    }
  }

  say(words, isBusy = false, classes = "") {
    this.shown = [];
    this.groups = [];
    this.options.setAttribute("aria-busy", String(isBusy));
    fill(this.options, h("li", { class: `picker-note ${classes}`.trim(), role: "presentation" }, isBusy ? h("span", { class: "spinner" }) : null, words));
    this.mark(-1);
    place();
  }

  show(groups) {
    this.groups = groups;
    this.shown = [];
    const rows = groups.flatMap((group) => [group.label ? h("li", { class: "picker-group", role: "presentation" }, plainText(group.label)) : null, ...group.options.map((option) => this.row(option))]);
    if (!this.shown.length) return this.say("Nothing fits");
    this.options.removeAttribute("aria-busy");
    fill(this.options, this.clearRow(), rows);
    const first = this.shown.findIndex(({ option }) => this.has(option));
    this.mark(this.given.many ? Math.min(Math.max(this.at, 0), this.shown.length - 1) : Math.max(first, 0));
    return place();
  }

  clearRow() {
    const { mayClear, many } = this.given;
    if (!mayClear || many || !this.chosen.length) return null;
    const clear = () => this.take([]);
    return h("li", { class: "picker-option picker-clear", role: "option", on: { click: clear } }, icon("close"), h("span", { class: "picker-text" }, "Clear"));
  }

  has(option) {
    return this.chosen.some((one) => one.value === option.value);
  }

  row(option) {
    const index = this.shown.length;
    const row = h(
      "li",
      { class: "picker-option", role: "option", id: `${this.list}-${index}`, aria: { selected: String(this.has(option)) } },
      option.person ? avatar(option.person, "avatar-tiny") : null,
      h("span", { class: "picker-text" }, h("span", {}, textObject(option.text)), option.description ? h("small", {}, textObject(option.description)) : null),
      this.has(option) ? icon("check") : null,
    );
    row.addEventListener("pointermove", () => this.at !== index && this.mark(index));
    row.addEventListener("click", () => this.choose(option));
    this.shown.push({ option, row });
    return row;
  }

  mark(at) {
    this.at = at;
    this.shown.forEach(({ row }, index) => row.classList.toggle("is-at", index === at));
    const row = this.shown[at]?.row;
    this.search.setAttribute("aria-activedescendant", row?.id || "");
    row?.scrollIntoView({ block: "nearest" });
  }

  choose(option) {
    const { many, most } = this.given;
    if (!many) return this.take([option]);
    if (this.has(option)) return this.take(this.chosen.filter((one) => one.value !== option.value));
    return this.chosen.length < most ? this.take([...this.chosen, option]) : undefined;
  }

  async take(options) {
    const before = this.chosen;
    this.chosen = options;
    this.draw();
    if (this.given.many) this.show(this.groups);
    else closeFloating({ refocus: true });
    if ((await this.given.change([...options])) !== false) return;
    this.chosen = before;
    this.draw();
  }

  steer(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.shown.length) this.mark((this.at + step + this.shown.length) % this.shown.length);
    else if (event.key === "Enter" && this.shown[this.at]) this.choose(this.shown[this.at].option);
    else if (event.key === "Backspace" && this.given.many && !this.search.value) this.take(this.chosen.slice(0, -1));
    else if (event.key === "Escape") closeFloating({ refocus: true });
    else if (event.key === "Tab") return closeFloating({ refocus: true });
    else if (event.key !== "Enter" && !step) return undefined;
    event.preventDefault();
    return event.stopPropagation();
  }
}

function narrowed(groups, text) {
  const wanted = text.toLocaleLowerCase();
  const fits = (option) => `${option.text?.text || ""} ${option.person?.name || ""}`.toLocaleLowerCase().includes(wanted);
  return groups.map((group) => ({ ...group, options: listOf(group.options).filter(fits) })).filter((group) => group.options.length);
}
