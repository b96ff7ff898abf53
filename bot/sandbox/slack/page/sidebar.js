// The list of places: the workspace, who I am, my channels, the app; and the quick switcher behind Ctrl+K.

import { avatar, fill, h, icon } from "./dom.js";
import { menuButton } from "./picker.js";
import { become, go, state, theApp, watch } from "./state.js";

const sidebar = document.getElementById("sidebar");
const frame = document.getElementById("app");

/** Draw the sidebar and keep it right. */
export function startSidebar() {
  for (const part of ["me", "channels", "place"]) watch(part, draw);
  document.getElementById("scrim").addEventListener("click", () => showDrawer(false));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openSwitcher();
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

function draw() {
  if (!state.me) return;
  const focused = document.activeElement?.dataset?.place;
  const unread = [...state.channels, state.direct].reduce((sum, place) => sum + place.unread, 0);
  frame.classList.toggle("has-unread", [...state.channels, state.direct].some((place) => place.unread && place.id !== state.place?.id));
  document.title = `${unread ? `(${unread}) ` : ""}${state.place ? `${titleOf(state.place)} · ` : ""}${state.workspace.title}`;
  fill(
    sidebar,
    h("header", { class: "side-head" }, h("img", { src: "/page/icon.svg", alt: "", width: "26", height: "26" }), h("strong", {}, state.workspace.title)),
    h("button", { type: "button", class: "side-jump", on: { click: openSwitcher } }, icon("search"), "Go to", h("kbd", {}, "Ctrl K")),
    h("div", { class: "side-scroll" }, h("h2", {}, "Channels"), h("ul", {}, state.channels.map(row)), h("h2", {}, "Direct messages"), h("ul", {}, row(state.direct))),
    whoAmI(),
  );
  if (focused) sidebar.querySelector(`[data-place="${CSS.escape(focused)}"]`)?.focus();
}

/** What a place is called. */
export function titleOf(place) {
  return place.is_im ? theApp().real_name : `#${place.name}`;
}

function row(place) {
  const isHere = state.place?.id === place.id;
  const unread = isHere ? 0 : place.unread;
  const lead = place.is_im ? avatar(theApp(), "avatar-tiny") : icon(place.is_private ? "lock" : "hash");
  const label = `${place.is_im ? theApp().real_name : place.name}${unread ? `, ${unread} unread` : ""}`;
  const open = async () => {
    showDrawer(false);
    await go(place);
  };
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: unread ? "side-row is-unread" : "side-row", data: { place: place.id }, aria: { current: isHere ? "page" : null, label }, on: { click: open } },
      lead,
      h("span", { class: "side-name" }, place.is_im ? theApp().real_name : place.name),
      place.is_im ? h("span", { class: "badge" }, "APP") : null,
      unread ? h("span", { class: "count", aria: { hidden: "true" } }, String(unread)) : null,
    ),
  );
}

function whoAmI() {
  const content = [avatar(state.me), h("span", { class: "me-words" }, h("b", {}, state.me.real_name), h("small", {}, state.me.title || "Member")), icon("chevron")];
  const entries = () =>
    [...state.people.values()]
      .filter((one) => !one.is_bot)
      .map((one) => ({ text: one.real_name, description: one.title, lead: avatar(one, "avatar-small"), isCurrent: one.id === state.me.id, choose: () => become(one.name) }));
  return h("footer", { class: "side-foot" }, menuButton({ label: `You are ${state.me.real_name}. Be somebody else`, className: "me", content, entries, alignEnd: false }));
}

function openSwitcher() {
  if (document.querySelector(".switcher")) return;
  const field = h("input", { class: "switcher-field", type: "text", placeholder: "Go to a channel or the app", autocomplete: "off", role: "combobox", aria: { label: "Go to", controls: "switcher-list", expanded: "true", autocomplete: "list" } });
  const list = h("ul", { class: "picker-list", id: "switcher-list", role: "listbox", aria: { label: "Places" } });
  const dialog = h("dialog", { class: "dialog switcher", aria: { label: "Go to" } }, field, list);
  let found = [];
  let at = 0;
  const close = () => {
    dialog.close();
    dialog.remove();
  };
  const choose = async (place) => {
    close();
    showDrawer(false);
    await go(place);
  };
  const show = () => {
    fill(
      list,
      found.map((place, index) =>
        h(
          "li",
          { class: index === at ? "picker-option is-at" : "picker-option", role: "option", id: `go-${index}`, aria: { selected: String(index === at) }, on: { click: () => choose(place) } },
          place.is_im ? avatar(theApp(), "avatar-tiny") : icon(place.is_private ? "lock" : "hash"),
          h("span", { class: "picker-text" }, place.is_im ? theApp().real_name : place.name, place.topic ? h("small", {}, place.topic) : null),
        ),
      ),
    );
    field.setAttribute("aria-activedescendant", found.length ? `go-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const narrow = () => {
    const wanted = field.value.trim().toLocaleLowerCase().replace(/^[#@]/, "");
    found = [...state.channels, state.direct].filter((place) => titleOf(place).toLocaleLowerCase().includes(wanted));
    at = 0;
    show();
  };
  field.addEventListener("input", narrow);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      at = (at + step + found.length) % found.length;
      show();
    } else if (event.key === "Enter" && found[at]) choose(found[at]);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  document.body.append(dialog);
  dialog.showModal();
  narrow();
  field.focus();
}
