// The modal that is open for me: drawn from the view, redrawn in place when the app changes it.

import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { notice, sentence } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { avatar, icon, iconButton } from "./icons.js";
import { plainText } from "./mrkdwn.js";
import { loadViews, state, theApp, watch } from "./state.js";
import { Surface } from "./surface.js";
import { faultsOf } from "./validate.js";

const FIELD = "input:not([type=file]), textarea, button.select, [contenteditable], .drop-zone button";
const shown = { dialog: null, view: null, surfaces: new Map(), opener: null };

/** Keep the dialog like the state's modal. */
export function startModal() {
  watch("modal", draw);
}

function draw() {
  const view = state.modal;
  if (!view) return dismiss();
  if (shown.view?.id === view.id && shown.view.hash === view.hash) return undefined;
  const isNew = !shown.dialog;
  if (isNew) Object.assign(shown, { dialog: makeDialog(), opener: document.activeElement });
  const surface = surfaceOf(view);
  const isSame = shown.view?.id === view.id;
  const held = isSame ? focusKey() : null;
  const scrolled = isSame ? shown.dialog.querySelector(".modal-body")?.scrollTop : 0;
  shown.view = view;
  fill(shown.dialog, form(view, surface));
  showErrors(view.errors || {});
  if (isNew) {
    document.body.append(shown.dialog);
    shown.dialog.showModal();
  }
  focusAgain(held);
  shown.dialog.querySelector(".modal-body").scrollTop = scrolled;
  return undefined;
}

function surfaceOf(view) {
  const surface = shown.surfaces.get(view.id) || new Surface({ view_id: view.id }, view.blocks);
  surface.show(view.blocks);
  shown.surfaces.set(view.id, surface);
  return surface;
}

function dismiss() {
  if (!shown.dialog) return;
  const { dialog, opener } = shown;
  Object.assign(shown, { dialog: null, view: null, surfaces: new Map(), opener: null });
  dialog.close();
  dialog.remove();
  if (opener?.isConnected) opener.focus();
}

function makeDialog() {
  const dialog = h("dialog", { class: "dialog modal", aria: { labelledby: "modal-title" } });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close(false);
  });
  return dialog;
}

function form(view, surface) {
  const isPushed = view.depth > 1;
  const back = h("button", { type: "button", class: "button", on: { click: () => close(false) } }, plainText(view.close?.text || (isPushed ? "Back" : "Cancel")));
  const submit = view.submit ? h("button", { type: "submit", class: "button button-primary" }, plainText(view.submit.text)) : null;
  const lead = isPushed ? iconButton("left", "Back", () => close(false)) : avatar(theApp(), "avatar-small");
  const made = h(
    "form",
    { class: "modal-form", novalidate: true },
    h("header", { class: "modal-head" }, lead, h("h2", { class: "dialog-title", id: "modal-title" }, plainText(view.title?.text)), iconButton("close", "Close", () => close(true))),
    h("div", { class: "modal-body", tabindex: "-1" }, blocks(view.blocks, surface)),
    h("footer", { class: "dialog-foot" }, h("p", { class: "modal-trouble", role: "alert" }), back, submit),
  );
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    send(view, surface, submit);
  });
  return made;
}

async function send(view, surface, submit) {
  if (!submit || submit.getAttribute("aria-busy") === "true") return;
  const faults = faultsOf(view, surface);
  showErrors(faults);
  if (Object.keys(faults).length) return;
  submit.setAttribute("aria-busy", "true");
  try {
    const answer = await act("submit", { person: state.me.name, view_id: view.id, values: surface.state() });
    if (answer.errors) showErrors(answer.errors);
    else if (answer.ok === false) shown.dialog.querySelector(".modal-trouble").textContent = sentence(answer.error);
    await loadViews();
  } catch (error) {
    notice(sentence(error.message));
    await loadViews();
  } finally {
    submit.removeAttribute("aria-busy");
  }
}

/** Close the form on top, or the whole stack of them with the cross, as in Slack. */
async function close(isAll) {
  const { view } = shown;
  const isStack = isAll && view.depth > 1;
  try {
    await act("close", { person: state.me.name, view_id: view.id, clear: isStack });
  } catch (error) {
    notice(sentence(error.message));
  }
  await loadViews();
}

function showErrors(errors) {
  let first = null;
  for (const holder of shown.dialog.querySelectorAll(".b-input")) {
    const text = errors[holder.dataset.block];
    const line = holder.querySelector(".b-error");
    line.hidden = !text;
    fill(line, text ? [icon("warn"), h("span", {}, text)] : []);
    holder.classList.toggle("has-error", Boolean(text));
    const field = holder.querySelector(FIELD);
    if (text) field?.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
    if (text && !first) first = field;
  }
  shown.dialog.querySelector(".modal-trouble").textContent = "";
  first?.focus();
  first?.scrollIntoView({ block: "center" });
}

function focusKey() {
  const active = document.activeElement;
  const holder = active?.closest?.(".b-input");
  if (!holder || !shown.dialog?.contains(holder)) return null;
  const at = typeof active.selectionStart === "number" ? active.selectionStart : null;
  return { block: holder.dataset.block, at };
}

function focusAgain(held) {
  const holders = [...shown.dialog.querySelectorAll(".b-input")];
  const same = held && holders.find((holder) => holder.dataset.block === held.block);
  const wished = shown.dialog.querySelector("[data-autofocus]");
  const target =
    same?.querySelector(FIELD) ||
    (wished?.matches("input, textarea, button, [contenteditable]") ? wished : wished?.querySelector(FIELD)) ||
    holders[0]?.querySelector(FIELD) ||
    shown.dialog.querySelector(".modal-body :is(button, input, textarea, a)") ||
    shown.dialog.querySelector(".modal-body");
  target?.focus({ preventScroll: !same && !wished && holders.length > 0 });
  if (same && held.at !== null && target.setSelectionRange && target.type !== "number" && target.type !== "email") target.setSelectionRange(held.at, held.at);
}
