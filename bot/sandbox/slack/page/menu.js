// A menu behind a button: arrows walk through it, Escape closes it and gives the focus back.

import { fill, h } from "./dom.js";
import { closeFloating, isFloating, openFloating } from "./floating.js";
import { icon } from "./icons.js";

/**
 * A button with a menu.
 * `entries()` gives `{text, description, lead, isCurrent, isDanger, choose}`, `{heading}` or null; the chosen one runs.
 */
export function menuButton({ label, className, content, entries, alignEnd = true, id = null }) {
  const trigger = h("button", { id, type: "button", class: className, title: label, aria: { label, haspopup: "menu", expanded: "false" } }, content);
  const popup = h("div", { class: "popup menu", role: "menu", aria: { label } });
  trigger.addEventListener("click", () => {
    if (isFloating(popup)) return closeFloating({ refocus: true });
    fill(popup, entries().filter(Boolean).map((entry) => (entry.heading ? h("p", { class: "menu-heading" }, entry.heading) : row(entry))));
    openFloating(popup, trigger, { alignEnd });
    const rows = rowsOf(popup);
    return (rows.find((one) => one.getAttribute("aria-current")) || rows[0])?.focus();
  });
  popup.addEventListener("keydown", (event) => steer(event, popup));
  return trigger;
}

function rowsOf(popup) {
  return [...popup.querySelectorAll(".menu-row")];
}

function steer(event, popup) {
  const rows = rowsOf(popup);
  const at = rows.indexOf(document.activeElement);
  const goals = { ArrowDown: (at + 1) % rows.length, ArrowUp: (at - 1 + rows.length) % rows.length, Home: 0, End: rows.length - 1 };
  if (event.key in goals) rows[goals[event.key]]?.focus();
  else if (event.key === "Escape") closeFloating({ refocus: true });
  else if (event.key === "Tab") return closeFloating({ refocus: true });
  else return undefined;
  event.preventDefault();
  return event.stopPropagation();
}

function row(entry) {
  const classes = entry.isDanger ? "menu-row is-danger" : "menu-row";
  const made = h(
    "button",
    { type: "button", class: classes, role: "menuitem", tabindex: "-1", aria: { current: entry.isCurrent ? "true" : null } },
    entry.lead || null,
    h("span", { class: "picker-text" }, h("span", {}, entry.text), entry.description ? h("small", {}, entry.description) : null),
    entry.isCurrent ? icon("check") : null,
  );
  made.addEventListener("click", () => {
    closeFloating({ refocus: true });
    entry.choose();
  });
  return made;
}
