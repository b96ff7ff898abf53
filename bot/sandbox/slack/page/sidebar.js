// The list of places: the workspace, my channels and conversations, and who I am.

import { fill, h, listOf } from "./dom.js";
import { avatar, icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { become, go, isApp, person, places, state, theApp, watch } from "./state.js";
import { openSwitcher } from "./switcher.js";
import { schemeButton } from "./theme.js";
import { placeName } from "./values.js";

const sidebar = document.getElementById("sidebar");
const frame = document.getElementById("app");

/** Draw the sidebar and keep it right. */
export function startSidebar() {
  for (const part of ["me", "channels", "place"]) watch(part, draw);
  document.getElementById("scrim").addEventListener("click", () => showDrawer(false));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openSwitcher(reach);
    }
  });
}

/** Open or close the list of channels where it is a drawer. */
export function showDrawer(isOpen) {
  const leaves = !isOpen && sidebar.contains(document.activeElement);
  frame.classList.toggle("drawer-open", isOpen);
  if (isOpen) sidebar.querySelector("[aria-current]")?.focus();
  if (leaves) document.querySelector(".drawer-button")?.focus();
}

/** The face of a direct conversation: the app's, a person's, or how many there are. */
export function faceOf(place, size) {
  if (isApp(place)) return avatar(theApp(), size);
  const others = listOf(place.member_ids).filter((id) => id !== state.me.id);
  if (others.length === 1) return avatar(person(others[0]), size);
  return h("span", { class: `avatar avatar-many ${size}`, aria: { hidden: "true" } }, String(others.length));
}

async function reach(place) {
  showDrawer(false);
  await go(place);
}

function draw() {
  if (!state.me) return;
  const focused = document.activeElement?.dataset?.place;
  const scrolled = sidebar.querySelector(".side-scroll")?.scrollTop ?? 0;
  const unread = places().reduce((sum, place) => sum + place.unread, 0);
  frame.classList.toggle("has-unread", places().some((place) => place.unread && place.id !== state.place?.id));
  document.title = `${unread ? `(${unread}) ` : ""}${state.place ? `${titleOf(state.place)} · ` : ""}${state.workspace.title}`;
  fill(
    sidebar,
    h("header", { class: "side-head" }, h("img", { src: "/page/icon.svg", alt: "", width: "26", height: "26" }), h("strong", {}, state.workspace.title)),
    h("button", { type: "button", class: "side-jump", on: { click: () => openSwitcher(reach) } }, icon("search"), "Go to", h("kbd", {}, "Ctrl K")),
    h("div", { class: "side-scroll" }, list("Channels", state.channels), list("Direct messages", [state.direct, ...state.directs])),
    h("footer", { class: "side-foot" }, whoAmI(), schemeButton()),
  );
  sidebar.querySelector(".side-scroll").scrollTop = scrolled;
  if (focused) sidebar.querySelector(`[data-place="${CSS.escape(focused)}"]`)?.focus();
}

function list(title, rows) {
  const id = `side-${title.split(" ")[0].toLowerCase()}`;
  return [h("h2", { id }, title), h("ul", { aria: { labelledby: id } }, rows.map(row))];
}

function titleOf(place) {
  return isApp(place) ? theApp().real_name : placeName(place);
}

function row(place) {
  const isHere = state.place?.id === place.id;
  const unread = isHere ? 0 : place.unread;
  const isDirect = place.is_im || place.is_mpim;
  const name = isDirect ? titleOf(place) : place.name;
  const label = `${name}${place.is_private && !isDirect ? ", private" : ""}${unread ? `, ${unread} unread` : ""}`;
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: unread ? "side-row is-unread" : "side-row", data: { place: place.id }, aria: { current: isHere ? "page" : null, label }, on: { click: () => reach(place) } },
      isDirect ? faceOf(place, "avatar-tiny") : icon(place.is_private ? "lock" : "hash"),
      h("span", { class: "side-name" }, name),
      isApp(place) ? h("span", { class: "badge" }, "APP") : null,
      unread ? h("span", { class: "count", aria: { hidden: "true" } }, String(unread)) : null,
    ),
  );
}

function whoAmI() {
  const content = [avatar(state.me), h("span", { class: "me-words" }, h("b", {}, state.me.real_name), h("small", {}, state.me.title || "Member")), icon("chevron")];
  const entries = () => [
    { heading: "Be somebody else" },
    ...[...state.people.values()]
      .filter((one) => !one.is_bot)
      .map((one) => ({ text: one.real_name, description: one.title, lead: avatar(one, "avatar-small"), isCurrent: one.id === state.me.id, choose: () => become(one.name) })),
  ];
  return menuButton({ label: `You are ${state.me.real_name}. Be somebody else`, className: "me", content, entries, alignEnd: false });
}
