// The About tab of the app: what it is for, its commands and its shortcuts.

import { h } from "./dom.js";
import { avatar, icon } from "./icons.js";
import { state, theApp } from "./state.js";

/** What the manifest says of the app. */
export function about() {
  const app = theApp();
  const commands = state.commands.map((one) => row(icon("right"), h("code", { class: "code" }, one.command), one.description, one.usage_hint));
  const shortcuts = state.shortcuts.map((one) => row(icon("bolt"), h("b", {}, one.name), one.description, one.type === "message" ? "On a message" : "From the + menu"));
  return h(
    "div",
    { class: "home-blocks about" },
    h("header", { class: "about-head" }, avatar(app, "avatar-large"), h("div", {}, h("h2", {}, app.real_name), h("p", { class: "quiet" }, state.about.description))),
    part("Commands", commands),
    part("Shortcuts", shortcuts),
  );
}

function part(title, rows) {
  return rows.length ? h("section", { class: "about-part" }, h("h3", {}, title), h("ul", {}, rows)) : null;
}

function row(lead, name, description, more) {
  return h("li", { class: "about-row" }, lead, h("div", {}, h("p", {}, name, more ? h("small", {}, ` ${more}`) : null), description ? h("p", { class: "quiet" }, description) : null));
}
