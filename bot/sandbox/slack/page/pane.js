// The middle and the right of the page: the place that I am in, its messages or the app's Home, and an open thread.

import { blocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { avatar, fill, h, icon } from "./dom.js";
import { messageElement, repliesTo } from "./message.js";
import { Stream } from "./messages.js";
import { showDrawer, titleOf } from "./sidebar.js";
import { isTopLevel, openThread, showTab, state, theApp, watch } from "./state.js";
import { Surface } from "./surface.js";

const pane = document.getElementById("pane");
const aside = document.getElementById("thread");
const frame = document.getElementById("app");
const shown = { stream: null, composer: null, place: null, isFresh: true, thread: null, threadStream: null, threadComposer: null, home: null, homeSurface: null };

/** Draw the pane and keep it right. */
export function startPane() {
  watch("place", drawPlace);
  watch("messages", drawMessages);
  watch("home", drawHome);
  watch("thread", drawThread);
  watch("me", () => Object.assign(shown, { home: null, homeSurface: null }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (frame.classList.contains("drawer-open")) showDrawer(false);
    else if (state.thread) openThread(null);
  });
}

function drawPlace() {
  const { place } = state;
  shown.isFresh = true;
  shown.stream = new Stream({ label: `Messages in ${titleOf(place)}` });
  shown.composer = new Composer({ key: `${state.me.id} ${place.id}`, label: `Message ${titleOf(place)}`, channel: place.id });
  shown.home = null;
  const isHome = place.is_im && state.tab === "home";
  fill(pane, headOf(place), isHome ? h("div", { class: "home", id: "home" }) : [shown.stream.element, shown.composer.element]);
  if (isHome) drawHome();
  else shown.composer.show();
}

function headOf(place) {
  const drawer = h("button", { type: "button", class: "icon-button drawer-button", aria: { label: "Channels" }, on: { click: () => showDrawer(true) } }, icon("menu"));
  const lead = place.is_im ? avatar(theApp(), "avatar-small") : icon(place.is_private ? "lock" : "hash");
  const name = h("h1", {}, lead, place.is_im ? theApp().real_name : place.name, place.is_im ? h("span", { class: "badge" }, "APP") : null);
  const hasTabs = place.is_im && state.hasHome;
  const about = hasTabs ? tabs() : h("p", { class: "topic" }, place.is_im ? "Writes to you alone, and answers when you ask" : place.topic);
  const people = place.is_im ? null : h("span", { class: "members" }, place.members === 1 ? "1 person" : `${place.members} people`);
  return h("header", { class: hasTabs ? "pane-head has-tabs" : "pane-head" }, drawer, name, about, people);
}

function tabs() {
  const tab = (key, words) =>
    h("button", { type: "button", class: "tab", role: "tab", aria: { selected: String(state.tab === key) }, on: { click: () => showTab(key) } }, words);
  return h("div", { class: "tabs", role: "tablist", aria: { label: theApp().real_name } }, tab("messages", "Messages"), tab("home", "Home"));
}

function drawMessages() {
  if (!shown.stream) return;
  const top = state.messages.filter((message) => isTopLevel(message) || !state.messages.some((one) => one.ts === message.thread_ts));
  shown.stream.show(top, { before: { look: `${state.place.id} ${state.me.id}`, make: beginning }, firstUnread: state.firstUnread, isFresh: shown.isFresh });
  shown.isFresh = state.messages.length === 0;
  drawReplies();
}

function beginning() {
  const { place } = state;
  const app = theApp();
  const command = state.commands[0]?.command;
  const try_ = command ? h("p", {}, "Type ", h("code", { class: "code" }, command), ` to see what ${app.real_name} can do`, place.is_im ? ", or just ask." : h("span", {}, ", or mention ", h("span", { class: "mention" }, `@${app.name}`), ".")) : null;
  const lead = place.is_im ? avatar(app, "avatar-large") : h("span", { class: "beginning-mark" }, icon(place.is_private ? "lock" : "hash"));
  const words = place.is_im ? `This is where ${app.real_name} writes to you alone.` : place.topic || "Nobody has said what this channel is for.";
  return h("section", { class: "beginning" }, lead, h("h2", {}, place.is_im ? app.real_name : place.name), h("p", {}, words), try_);
}

function drawHome() {
  const holder = document.getElementById("home");
  if (!holder) return;
  const view = state.home;
  if (view && shown.home?.id === view.id && shown.home.hash === view.hash) return;
  shown.home = view;
  if (!view) {
    fill(holder, h("p", { class: "home-empty" }, `${theApp().real_name} has put nothing here yet.`));
    return;
  }
  const surface = shown.homeSurface || new Surface({ view_id: view.id }, view.blocks);
  surface.where = { view_id: view.id };
  surface.show(view.blocks);
  shown.homeSurface = surface;
  fill(holder, h("div", { class: "home-blocks" }, blocks(view.blocks, surface)));
}

function drawThread() {
  drawMarks();
  aside.hidden = !state.thread;
  frame.classList.toggle("thread-open", Boolean(state.thread));
  if (!state.thread) {
    if (shown.thread && !document.activeElement?.closest("#pane")) shown.composer?.focus();
    shown.thread = null;
    fill(aside);
    return;
  }
  if (shown.thread === state.thread) return;
  shown.thread = state.thread;
  shown.threadStream = new Stream({ inThread: true, label: "Replies" });
  const { thread } = state;
  shown.threadComposer = new Composer({ key: `${state.me.id} ${state.place.id} ${thread}`, label: "Reply…", channel: state.place.id, thread_ts: thread });
  const close = h("button", { type: "button", class: "icon-button", aria: { label: "Close the thread" }, on: { click: () => openThread(null) } }, icon("close"));
  fill(aside, h("header", { class: "pane-head thread-head" }, h("h2", {}, "Thread"), h("p", { class: "topic" }, titleOf(state.place)), close), shown.threadStream.element, shown.threadComposer.element);
  drawReplies();
  shown.threadComposer.show();
}

function drawMarks() {
  for (const row of pane.querySelectorAll(".message")) row.classList.toggle("is-open", row.dataset.ts === state.thread);
}

function drawReplies() {
  if (!shown.thread || !shown.threadStream) return;
  const parent = state.messages.find((message) => message.ts === shown.thread);
  if (!parent) return;
  const replies = repliesTo(parent);
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  const make = () => h("div", {}, messageElement(parent, { inThread: true }), h("div", { class: "day day-left", role: "separator" }, h("span", {}, replies.length ? count : "No replies yet")));
  shown.threadStream.show(replies, { before: { look: `${parent.ts} ${parent.revision} ${replies.length}`, make } });
}
