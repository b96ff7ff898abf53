// Where a person writes: Enter sends, a slash lists the app's commands, an at sign the people; files come along.

import { act } from "./api.js";
import { notice, sentence } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { emoji } from "./emoji.js";
import { receive } from "./fileinput.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { emojiButton } from "./reactions.js";
import { runShortcut } from "./shortcuts.js";
import { beginThread, isApp, state, theApp } from "./state.js";
import { suggestionsFor } from "./suggestions.js";
import { Tray } from "./uploads.js";

const TALLEST = 180;
let composers = 0;

/** A composer for one place, `{key, label, channel, thread_ts}`; what was not sent is kept under the key. */
export class Composer {
  constructor(target) {
    this.target = target;
    this.list = `hints-${(composers += 1)}`;
    this.field = h("textarea", { class: "composer-field", rows: "1", role: "combobox", spellcheck: "true", autocomplete: "off", aria: { autocomplete: "list", controls: this.list, expanded: "false" } });
    this.hints = h("ul", { class: "hints", id: this.list, role: "listbox", hidden: true, aria: { label: "Suggestions" } });
    this.send = h("button", { type: "submit", class: "composer-send", aria: { label: "Send" }, title: "Send" }, icon("send"));
    this.tip = h("p", { class: "composer-tip" });
    this.tray = new Tray(() => this.changed());
    this.element = h("form", { class: "composer" }, this.hints, h("div", { class: "composer-box" }, this.tray.element, h("div", { class: "composer-row" }, this.plus(), this.field, this.smile(), this.send)), this.tray.chooser, this.tip);
    this.entries = [];
    this.at = 0;
    this.listen();
  }

  plus() {
    const shortcuts = () => state.shortcuts.filter((one) => one.type === "global");
    const entries = () => [
      { text: "Add files", lead: icon("clip"), choose: () => this.tray.chooser.click() },
      state.hasAssistant && isApp(state.place) ? { text: "New conversation", lead: icon("reply"), choose: beginThread } : null,
      shortcuts().length ? { heading: "Shortcuts" } : null,
      ...shortcuts().map((one) => ({ text: one.name, description: one.description, lead: icon("bolt"), choose: () => runShortcut(one) })),
    ];
    return menuButton({ label: "Add files or run a shortcut", className: "icon-button composer-plus", content: icon("plus"), entries, alignEnd: false });
  }

  smile() {
    return emojiButton("Insert an emoji", "composer-smile", (name) => this.insert(`${emoji(name) ?? `:${name}:`} `));
  }

  listen() {
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("blur", () => setTimeout(() => document.activeElement !== this.field && this.suggest([]), 120));
    this.element.querySelector(".composer-row").addEventListener("pointerdown", (event) => {
      if (event.target !== event.currentTarget) return;
      event.preventDefault();
      this.field.focus();
    });
    receive(this.element, (files) => this.tray.add(files));
  }

  /** Get ready for the place that is shown now, with what was left unsent there. */
  show({ focus = true } = {}) {
    const { key, label } = this.target;
    this.field.value = state.drafts.get(key) || "";
    this.field.placeholder = label;
    this.field.setAttribute("aria-label", label);
    this.changed();
    if (focus) this.focus();
  }

  /** Be ready to write, but open no keyboard on a screen that is touched. */
  focus() {
    if (matchMedia("(hover: hover)").matches) this.field.focus({ preventScroll: true });
  }

  insert(words) {
    this.field.setRangeText(words, this.field.selectionStart, this.field.selectionEnd, "end");
    this.changed();
    this.field.focus();
  }

  changed() {
    state.drafts.set(this.target.key, this.field.value);
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST)}px`;
    this.send.disabled = !this.field.value.trim() && !this.tray.files.length;
    this.suggest(suggestionsFor(this.field, Boolean(this.target.thread_ts)));
    this.explain();
  }

  explain() {
    const command = this.field.value.startsWith("/") && state.commands.find((one) => this.field.value.startsWith(`${one.command} `));
    if (command) return fill(this.tip, h("code", {}, command.command), ` ${command.usage_hint || command.description || ""}`);
    const hasCommands = !this.target.thread_ts && state.commands.length > 0;
    const keys = h("span", { class: "keys" }, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift Enter"), ` starts a line${hasCommands ? ", " : ""}`);
    return fill(this.tip, keys, hasCommands ? [h("kbd", {}, "/"), ` lists what ${theApp().real_name} can do`] : null);
  }

  suggest(entries) {
    this.entries = entries;
    this.at = 0;
    this.hints.hidden = !entries.length;
    this.field.setAttribute("aria-expanded", String(entries.length > 0));
    this.drawHints();
  }

  drawHints() {
    fill(
      this.hints,
      this.entries.map((entry, at) => {
        const row = h("li", { class: at === this.at ? "hint is-at" : "hint", role: "option", id: `${this.list}-${at}`, aria: { selected: String(at === this.at) } }, entry.lead, h("b", {}, entry.title), h("span", { class: "hint-usage" }, entry.usage), h("small", {}, entry.detail));
        row.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          this.take(entry);
        });
        return row;
      }),
    );
    this.field.setAttribute("aria-activedescendant", this.entries.length ? `${this.list}-${this.at}` : "");
    this.hints.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  take(entry) {
    if (entry.run) {
      this.field.value = "";
      this.changed();
      entry.run();
      return;
    }
    const { value, selectionStart } = this.field;
    const head = value.slice(0, entry.from) + entry.insert;
    this.field.value = head + value.slice(selectionStart);
    this.field.setSelectionRange(head.length, head.length);
    this.changed();
    this.suggest([]);
    this.field.focus();
  }

  pressed(event) {
    if (event.isComposing) return;
    if (this.entries.length && this.steered(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  steered(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const entry = this.entries[this.at];
    if (step) {
      this.at = (this.at + step + this.entries.length) % this.entries.length;
      this.drawHints();
    } else if (event.key === "Escape") this.suggest([]);
    else if (event.key === "Tab" || (event.key === "Enter" && !this.isWhole(entry))) this.take(entry);
    else return false;
    return true;
  }

  isWhole(entry) {
    return Boolean(entry.insert) && this.field.value.trim() === entry.insert.trim();
  }

  async submit() {
    const text = this.field.value.trim();
    const { channel, thread_ts: thread } = this.target;
    if (!text && !this.tray.files.length) return;
    this.field.value = "";
    this.changed();
    try {
      if (this.tray.files.length) await this.tray.send(this.target, text);
      else await act("type", { person: state.me.name, channel, text, thread_ts: thread });
    } catch (error) {
      this.field.value = [text, this.field.value].filter(Boolean).join("\n");
      this.changed();
      notice(sentence(error.message));
    }
  }
}
