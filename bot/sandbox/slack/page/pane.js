// The middle of the page: the place that I am in, with its head and its messages, or the app's Home and About.

import { about } from "./about.js";
import { Composer } from "./composer.js";
import { counted, fill, h } from "./dom.js";
import { emoji } from "./emoji.js";
import { drawHome, forgetHome } from "./home.js";
import { icon, iconButton } from "./icons.js";
import { linkTo, plainText } from "./mrkdwn.js";
import { Stream } from "./messages.js";
import { faceOf, showDrawer } from "./sidebar.js";
import { isApp, isTopLevel, openThread, showTab, state, theApp, watch } from "./state.js";
import { status, suggestedPrompts } from "./assistant.js";
import { placeName } from "./values.js";

const pane = document.getElementById("pane");
const frame = document.getElementById("app");
const shown = { stream: null, composer: null, status: null, isFresh: true };

/** Draw the pane and keep it right. */
export function startPane() {
  watch("place", drawPlace);
  watch("messages", drawMessages);
  watch("home", () => drawHome(document.getElementById("home")));
  watch("me", forgetHome);
  watch("channels", drawHead);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (frame.classList.contains("drawer-open")) showDrawer(false);
    else if (state.thread) {
      openThread(null);
      focusComposer();
    }
  });
}

/** Be ready to write where I am. */
export function focusComposer() {
  shown.composer?.focus();
}

function drawPlace() {
  const { place, tab } = state;
  shown.isFresh = true;
  forgetHome();
  shown.stream = shown.composer = null;
  if (tab === "messages") {
    shown.stream = new Stream({ label: `Messages in ${titleOf(place)}` });
    shown.composer = place.is_archived ? null : new Composer({ key: `${state.me.id} ${place.id}`, label: `Message ${titleOf(place)}`, channel: place.id });
    shown.status = h("div", { class: "status-line", role: "status" });
    fill(pane, headOf(place), shown.stream.element, shown.status, shown.composer?.element ?? h("p", { class: "archived" }, "This channel is archived."));
    shown.composer?.show();
    return;
  }
  const holder = h("div", { class: "home", id: tab === "home" ? "home" : null, role: "tabpanel", tabindex: "0", aria: { labelledby: `tab-${tab}` } });
  fill(pane, headOf(place), holder);
  if (tab === "home") drawHome(holder);
  else fill(holder, about());
}

function drawHead() {
  if (state.place) pane.querySelector(".pane-head-frame")?.replaceWith(headOf(state.place));
}

function titleOf(place) {
  return isApp(place) ? theApp().real_name : placeName(place);
}

function headOf(place) {
  const drawer = iconButton("menu", "Channels", () => showDrawer(true), "drawer-button");
  const isDirect = place.is_im || place.is_mpim;
  const name = h("h1", {}, isDirect ? faceOf(place, "avatar-small") : icon(place.is_private ? "lock" : "hash"), h("span", { class: "pane-title" }, isDirect ? titleOf(place) : place.name), isApp(place) ? h("span", { class: "badge" }, "APP") : null);
  const beside = isApp(place) ? tabs() : h("p", { class: "topic" }, plainText(place.topic));
  const pins = place.pins.length ? h("button", { type: "button", class: "head-note", title: "Go to the last pin", on: { click: () => goToMessage(place.pins.at(-1)) } }, icon("pin"), counted(place.pins.length, "pin", "pins")) : null;
  const people = isDirect ? null : h("span", { class: "head-note members" }, icon("users"), h("span", {}, counted(place.members, "person", "people")));
  const bar = h("header", { class: isApp(place) ? "pane-head has-tabs" : "pane-head" }, drawer, name, beside, pins, people);
  return place.bookmarks.length ? h("div", { class: "pane-head-frame" }, bar, bookmarks(place)) : h("div", { class: "pane-head-frame" }, bar);
}

function bookmarks(place) {
  return h("nav", { class: "bookmarks", aria: { label: "Bookmarks" } }, place.bookmarks.map((one) => linkTo(one.link, emoji(one.emoji.replaceAll(":", "")) ?? icon("out"), h("span", {}, one.title))));
}

function goToMessage(ts) {
  const row = pane.querySelector(`.message[data-ts="${CSS.escape(ts)}"]`);
  row?.scrollIntoView({ block: "center" });
  row?.classList.add("is-changed");
}

function tabs() {
  const names = [["home", "Home"], ["messages", "Messages"], ["about", "About"]].filter(([key]) => key !== "home" || state.hasHome);
  const made = names.map(([key, words]) => {
    const isHere = state.tab === key;
    return h("button", { type: "button", class: "tab", role: "tab", id: `tab-${key}`, tabindex: isHere ? "0" : "-1", aria: { selected: String(isHere) }, on: { click: () => take(key) } }, words);
  });
  const take = async (key) => {
    await showTab(key);
    document.getElementById(`tab-${key}`)?.focus();
  };
  const bar = h("div", { class: "tabs", role: "tablist", aria: { label: theApp().real_name } }, made);
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = names.findIndex(([key]) => key === state.tab);
    take(names[(at + step + names.length) % names.length][0]);
  });
  return bar;
}

function drawMessages() {
  if (!shown.stream) return;
  const top = state.messages.filter((message) => isTopLevel(message) || !state.messages.some((one) => one.ts === message.thread_ts));
  shown.stream.show(top, { before: { look: `${state.place.id} ${state.me.id} ${state.place.topic}`, make: beginning }, firstUnread: state.firstUnread, isFresh: shown.isFresh });
  shown.isFresh = state.messages.length === 0;
  fill(shown.status, status(null), suggestedPrompts(null));
}

function beginning() {
  const { place } = state;
  const app = theApp();
  const command = state.commands[0]?.command;
  const isDirect = place.is_im || place.is_mpim;
  const lead = isDirect ? faceOf(place, "avatar-large") : h("span", { class: "beginning-mark" }, icon(place.is_private ? "lock" : "hash"));
  const words = isApp(place) ? `This is where ${app.real_name} writes to you alone.` : isDirect ? "Only the people here see what is written." : place.topic || "Nobody has said what this channel is for.";
  const mention = isApp(place) ? ", or just ask." : [", or mention ", h("span", { class: "mention" }, `@${app.name}`), "."];
  const try_ = command ? h("p", {}, "Type ", h("code", { class: "code" }, command), ` to see what ${app.real_name} can do`, mention) : null;
  return h("section", { class: "beginning" }, lead, h("h2", {}, isDirect ? titleOf(place) : place.name), h("p", {}, plainText(words)), try_);
}
