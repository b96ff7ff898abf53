// Where a person writes: Enter sends, a slash lists the app's commands, an at sign the people.

import { act } from "./api.js";
import { notice, sentence } from "./dialogs.js";
import { avatar, fill, h, icon } from "./dom.js";
import { state, theApp } from "./state.js";

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
    this.element = h("form", { class: "composer" }, this.hints, h("div", { class: "composer-box" }, this.field, this.send), this.tip);
    this.entries = [];
    this.at = 0;
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("blur", () => setTimeout(() => this.suggest([]), 120));
    this.element.querySelector(".composer-box").addEventListener("pointerdown", (event) => {
      if (event.target === event.currentTarget) {
        event.preventDefault();
        this.field.focus();
      }
    });
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

  changed() {
    const { key } = this.target;
    state.drafts.set(key, this.field.value);
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST)}px`;
    this.send.disabled = !this.field.value.trim();
    this.suggest(this.suggestions());
    this.explain();
  }

  explain() {
    const command = this.field.value.startsWith("/") && state.commands.find((one) => this.field.value.startsWith(`${one.command} `));
    if (command) return fill(this.tip, h("code", {}, command.command), ` ${command.usage_hint || command.description || ""}`);
    const isThread = Boolean(this.target.thread_ts);
    const keys = h("span", { class: "keys" }, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift Enter"), ` starts a line${isThread ? "" : ", "}`);
    return fill(this.tip, keys, isThread ? null : [h("kbd", {}, "/"), ` lists what ${theApp().real_name} can do`]);
  }

  suggestions() {
    const { value, selectionStart } = this.field;
    if (/^\/\S*$/.test(value) && !this.target.thread_ts) return commandsLike(value);
    const mention = /(^|\s)@([\p{L}\p{N}._-]*)$/u.exec(value.slice(0, selectionStart));
    return mention ? peopleLike(mention[2], selectionStart) : [];
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
    const { value, selectionStart } = this.field;
    const head = value.slice(0, entry.from ?? 0) + entry.insert;
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
    return this.field.value.trim() === entry.insert.trim();
  }

  async submit() {
    const text = this.field.value.trim();
    if (!text) return;
    const { channel, thread_ts: thread } = this.target;
    this.field.value = "";
    this.changed();
    try {
      await act("type", { person: state.me.name, channel, text, thread_ts: thread });
    } catch (error) {
      this.field.value = [text, this.field.value].filter(Boolean).join("\n");
      this.changed();
      notice(sentence(error.message));
    }
  }
}

function commandsLike(text) {
  return state.commands
    .filter((one) => one.command.startsWith(text))
    .map((one) => ({ lead: icon("chevron"), title: one.command, usage: one.usage_hint || "", detail: one.description || "", insert: `${one.command} `, from: 0 }));
}

function peopleLike(text, end) {
  const wanted = text.toLocaleLowerCase();
  const fits = (one) => one.name.toLocaleLowerCase().startsWith(wanted) || one.real_name.toLocaleLowerCase().split(" ").some((word) => word.startsWith(wanted));
  const found = [...state.people.values()].filter(fits).sort((one, other) => Number(other.is_app) - Number(one.is_app));
  return found.slice(0, 6).map((one) => ({ lead: avatar(one, "avatar-tiny"), title: one.real_name, usage: `@${one.name}`, detail: one.is_app ? "App" : one.title, insert: `@${one.name} `, from: end - text.length - 1 }));
}
