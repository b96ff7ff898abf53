// Builds DOM nodes. Text only ever becomes text nodes, so nothing that somebody wrote is read as HTML.

/** An element: `h("button", {class: "x", on: {click: f}, aria: {label: "y"}}, child, "text", [more])`. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(...flat(children));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  } else if (name === "aria" || name === "data") {
    for (const [key, text] of Object.entries(value)) {
      if (text !== null && text !== undefined) element.setAttribute(`${name}-${key}`, String(text));
    }
  } else if (name === "class") {
    element.className = value;
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Show these children and nothing else. */
export function fill(element, ...children) {
  element.replaceChildren(...flat(children));
}

const PATHS = {
  hash: "M5.6 2.5 4.4 13.5M11.6 2.5l-1.2 11M2.5 5.8h11.5M2 10.2h11.5",
  lock: "M4 7.2h8v6H4zM5.6 7V5a2.4 2.4 0 0 1 4.8 0v2",
  chevron: "M4 6.2 8 10.2 12 6.2",
  send: "M2.5 8 13.5 2.8 10.2 13.4 7.6 8.9z M7.6 8.9 13.5 2.8",
  reply: "M2.5 3.2h11v7.6H8l-3 2.6v-2.6H2.5z",
  close: "M3.6 3.6l8.8 8.8M12.4 3.6l-8.8 8.8",
  menu: "M2 4h12M2 8h12M2 12h12",
  search: "M7 2.6a4.4 4.4 0 1 1 0 8.8a4.4 4.4 0 0 1 0-8.8M10.3 10.3 13.6 13.6",
  eye: "M1.4 8S3.9 3.6 8 3.6 14.6 8 14.6 8 12.1 12.4 8 12.4 1.4 8 1.4 8M8 6.2a1.8 1.8 0 1 1 0 3.6a1.8 1.8 0 0 1 0-3.6",
  down: "M8 2.8v10M3.8 8.8 8 13l4.2-4.2",
  check: "M3 8.4 6.4 11.8 13 4.6",
  warn: "M8 2.2 14.6 13.6H1.4zM8 6.4v3.4M8 11.6v.2",
};

/** A small line drawing that takes the colour of the text around it. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  if (name === "dots") {
    for (const x of [3, 8, 13]) {
      const dot = document.createElementNS(space, "circle");
      for (const [key, value] of Object.entries({ cx: x, cy: 8, r: 1.3, fill: "currentColor", stroke: "none" })) {
        dot.setAttribute(key, String(value));
      }
      drawing.append(dot);
    }
    return drawing;
  }
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name]);
  drawing.append(path);
  return drawing;
}

const TONES = 8;

/** A person's initials on a colour of their own; the app has its own mark. */
export function avatar(user, size = "") {
  const classes = ["avatar", size, user.is_app ? "avatar-app" : `tone-${tone(user.id)}`];
  return h("span", { class: classes.filter(Boolean).join(" "), aria: { hidden: "true" } }, user.is_app ? mark() : initials(user));
}

function mark() {
  return h("img", { src: "/page/icon.svg", alt: "", width: "24", height: "24" });
}

function initials(user) {
  const words = (user.real_name || user.name || "?").replace(/[^\p{L}\p{N} ]/gu, "").split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0] || "?"];
  return letters.map((word) => [...word][0].toUpperCase()).join("");
}

function tone(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return sum % TONES;
}

/** Show a floating element below (or above) another one, over everything else. */
export function floatAt(floating, anchor, { matchWidth = false, alignEnd = false } = {}) {
  floating.setAttribute("popover", "manual");
  (anchor.closest("dialog") || document.body).append(floating);
  floating.showPopover();
  place(floating, anchor, { matchWidth, alignEnd });
}

/** Put an open floating element where it belongs once more, when its content has changed. */
export function place(floating, anchor, { matchWidth = false, alignEnd = false } = {}) {
  const box = anchor.getBoundingClientRect();
  if (matchWidth) Object.assign(floating.style, { width: `${box.width}px`, maxWidth: "none" });
  const own = floating.getBoundingClientRect();
  const below = window.innerHeight - box.bottom - 10;
  const above = box.top - 10;
  const goesUp = own.height > below && above > below;
  floating.style.maxHeight = `${Math.max(120, Math.min(340, goesUp ? above : below))}px`;
  const height = Math.min(own.height, Math.max(120, Math.min(340, goesUp ? above : below)));
  const wanted = alignEnd ? box.right - own.width : box.left;
  floating.style.left = `${Math.max(8, Math.min(wanted, window.innerWidth - own.width - 8))}px`;
  floating.style.top = `${goesUp ? box.top - height - 4 : box.bottom + 4}px`;
}
