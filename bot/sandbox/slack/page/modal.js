// The modal that is open for me: drawn from the view, redrawn in place when the app changes it.

import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { notice, sentence } from "./dialogs.js";
import { avatar, fill, h, icon } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { loadViews, state, theApp, watch } from "./state.js";
import { Surface } from "./surface.js";

const shown = { dialog: null, view: null, surfaces: new Map() };

/** Keep the dialog like the state's modal. */
export function startModal() {
  watch("modal", draw);
}

function draw() {
  const view = state.modal;
  if (!view) return dismiss();
  if (shown.view?.id === view.id && shown.view.hash === view.hash) return undefined;
  const isNew = !shown.dialog;
  if (isNew) shown.dialog = makeDialog();
  const surface = surfaceOf(view);
  const held = focusKey();
  shown.view = view;
  fill(shown.dialog, form(view, surface));
  showErrors(view.errors || {});
  if (isNew) {
    document.body.append(shown.dialog);
    shown.dialog.showModal();
  }
  focusAgain(held);
  return undefined;
}

function surfaceOf(view) {
  const surface = shown.surfaces.get(view.id) || new Surface({ view_id: view.id }, view.blocks);
  surface.show(view.blocks);
  shown.surfaces.set(view.id, surface);
  return surface;
}

function dismiss() {
  shown.dialog?.close();
  shown.dialog?.remove();
  Object.assign(shown, { dialog: null, view: null, surfaces: new Map() });
}

function makeDialog() {
  const dialog = h("dialog", { class: "dialog modal" });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  return dialog;
}

function form(view, surface) {
  const close_ = h("button", { type: "button", class: "button" }, plainText(view.close?.text || (view.depth > 1 ? "Back" : "Cancel")));
  close_.addEventListener("click", close);
  const submit = view.submit ? h("button", { type: "submit", class: "button button-primary" }, plainText(view.submit.text)) : null;
  const cross = h("button", { type: "button", class: "icon-button", aria: { label: "Close" }, on: { click: close } }, icon("close"));
  const title = h("h2", { class: "dialog-title", id: "modal-title" }, plainText(view.title?.text));
  shown.dialog.setAttribute("aria-labelledby", "modal-title");
  const made = h(
    "form",
    { class: "modal-form", novalidate: true },
    h("header", { class: "modal-head" }, avatar(theApp(), "avatar-small"), title, cross),
    h("div", { class: "modal-body", tabindex: "-1" }, blocks(view.blocks, surface)),
    h("footer", { class: "dialog-foot" }, h("p", { class: "modal-trouble", role: "alert" }), close_, submit),
  );
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    send(view, surface, submit);
  });
  return made;
}

async function send(view, surface, submit) {
  if (!submit || submit.getAttribute("aria-busy") === "true") return;
  const missing = required(view, surface);
  showErrors(missing);
  if (Object.keys(missing).length) return;
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

async function close() {
  const view = shown.view;
  try {
    await act("close", { person: state.me.name, view_id: view.id });
  } catch (error) {
    notice(sentence(error.message));
  }
  await loadViews();
}

function required(view, surface) {
  const faults = {};
  for (const block of view.blocks || []) {
    if (block.type !== "input") continue;
    const value = surface.value(block, block.element) || {};
    const fault = faultOf(block, value);
    if (fault) faults[block.block_id] = fault;
  }
  return faults;
}

function faultOf(block, { type, ...held }) {
  const [value] = Object.values(held);
  const isEmpty = value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
  if (isEmpty) return block.optional ? null : "Please complete this required field.";
  const { min_length: least, min_value: low, max_value: high } = block.element;
  if (least && value.length < least) return `Please write at least ${least} characters.`;
  if (type === "number_input" && Number.isNaN(Number(value))) return "Please write a number.";
  if (low !== undefined && Number(value) < Number(low)) return `Please choose a number from ${low} on.`;
  if (high !== undefined && Number(value) > Number(high)) return `Please choose a number up to ${high}.`;
  return null;
}

function showErrors(errors) {
  let first = null;
  for (const holder of shown.dialog.querySelectorAll(".b-input")) {
    const text = errors[holder.dataset.block];
    const line = holder.querySelector(".b-error");
    line.hidden = !text;
    fill(line, text ? [icon("warn"), h("span", {}, text)] : []);
    holder.classList.toggle("has-error", Boolean(text));
    const field = holder.querySelector("input, textarea, button");
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
  return holder && shown.dialog?.contains(holder) ? { block: holder.dataset.block, at: active.selectionStart } : null;
}

function focusAgain(held) {
  const holders = [...shown.dialog.querySelectorAll(".b-input")];
  const same = held && holders.find((holder) => holder.dataset.block === held.block);
  const target =
    same?.querySelector("input, textarea, button") ||
    shown.dialog.querySelector("[data-autofocus]") ||
    holders[0]?.querySelector("input, textarea, button") ||
    shown.dialog.querySelector(".modal-body :is(button, input, textarea)") ||
    shown.dialog.querySelector(".modal-body");
  target?.focus({ preventScroll: !same && holders.length > 0 });
  if (same && held.at !== undefined && held.at !== null && target.setSelectionRange && target.type !== "number") target.setSelectionRange(held.at, held.at);
}
