// The stream of messages of a channel or a thread: changed messages change in place, the rest stays as it is.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { continues, day, lookOf, messageElement } from "./message.js";

const NEAR_END = 120;

/** A list of messages that keeps its place while it is read, and follows the end when it is there. */
export class Stream {
  constructor({ inThread = false, label }) {
    this.inThread = inThread;
    this.list = h("div", { class: "stream-list", role: "log", aria: { label, live: "polite" } });
    this.jump = h("button", { type: "button", class: "jump", hidden: true, on: { click: () => this.toEnd(true) } }, icon("down"), "New messages");
    this.scroller = h("div", { class: "stream", tabindex: "0" }, this.list);
    this.element = h("div", { class: "stream-frame" }, this.scroller, this.jump);
    this.rows = new Map();
    this.scroller.addEventListener("scroll", () => this.isAtEnd() && (this.jump.hidden = true));
    new ResizeObserver(() => this.follows && this.toEnd()).observe(this.list);
    this.scroller.addEventListener("scroll", () => (this.follows = this.isAtEnd()));
    this.follows = true;
  }

  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  toEnd(isSmooth = false) {
    this.follows = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: isSmooth ? "smooth" : "instant" });
  }

  /** Show these messages, with what stands before them; `firstUnread` gets a line above it. */
  show(messages, { before = null, firstUnread = null, isFresh = false } = {}) {
    const grew = messages.length && !this.rows.has(`m ${messages.at(-1).ts}`);
    const wanted = this.wanted(messages, before, firstUnread);
    const kept = new Map();
    let place = null;
    for (const [key, look, make] of wanted) {
      const row = this.rows.get(key);
      const element = row?.look === look ? row.element : this.replaced(row, make());
      kept.set(key, { look, element });
      const next = place ? place.nextSibling : this.list.firstChild;
      if (next !== element) this.list.insertBefore(element, next);
      place = element;
    }
    for (const [key, row] of this.rows) if (!kept.has(key)) row.element.remove();
    this.rows = kept;
    if (isFresh || this.follows) this.toEnd();
    else if (grew) this.jump.hidden = false;
  }

  replaced(row, element) {
    if (row) {
      row.element.replaceWith(element);
      // A text that is still being written changes all the time; only other changes are worth a flash.
      if (!element.matches(".is-streaming")) element.classList.add("is-changed");
    }
    return element;
  }

  wanted(messages, before, firstUnread) {
    const rows = before ? [["before", before.look, before.make]] : [];
    let last = null;
    for (const message of messages) {
      const today = day(message.ts);
      const isNew = message.ts === firstUnread;
      if (!this.inThread && (!last || day(last.ts) !== today)) {
        rows.push([`day ${today}`, String(isNew), () => line(isNew ? `${today} · New` : today, isNew)]);
        last = null;
      } else if (isNew) {
        rows.push(["new", "", () => line("New", true)]);
        last = null;
      }
      const options = { follows: continues(message, last), inThread: this.inThread };
      rows.push([`m ${message.ts}`, lookOf(message, options.follows, this.inThread), () => shown(message, options)]);
      last = message;
    }
    return rows;
  }
}

/** A message, or in its place a note: one that cannot be drawn does not take the others along. */
function shown(message, options) {
  try {
    return messageElement(message, options);
  } catch (error) {
    console.error(error);
    return h("p", { class: "message unshown" }, `(a message cannot be shown here: ${error.message})`);
  }
}

function line(words, isNew) {
  return h("div", { class: isNew ? "day day-new" : "day", role: "separator" }, h("span", {}, words));
}
