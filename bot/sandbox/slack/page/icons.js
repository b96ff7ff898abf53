// Line drawings that take the colour of the text around them, and the faces of people and apps.

import { h, svg } from "./dom.js";

const PATHS = {
  hash: "M5.6 2.5 4.4 13.5M11.6 2.5l-1.2 11M2.5 5.8h11.5M2 10.2h11.5",
  lock: "M4 7.2h8v6H4zM5.6 7V5a2.4 2.4 0 0 1 4.8 0v2",
  chevron: "M4 6.2 8 10.2 12 6.2",
  right: "M6.2 4l4 4-4 4",
  left: "M9.8 4l-4 4 4 4",
  send: "M2.5 8 13.5 2.8 10.2 13.4 7.6 8.9z M7.6 8.9 13.5 2.8",
  reply: "M2.5 3.2h11v7.6H8l-3 2.6v-2.6H2.5z",
  close: "M3.6 3.6l8.8 8.8M12.4 3.6l-8.8 8.8",
  menu: "M2 4h12M2 8h12M2 12h12",
  search: "M7 2.6a4.4 4.4 0 1 1 0 8.8a4.4 4.4 0 0 1 0-8.8M10.3 10.3 13.6 13.6",
  eye: "M1.4 8S3.9 3.6 8 3.6 14.6 8 14.6 8 12.1 12.4 8 12.4 1.4 8 1.4 8M8 6.2a1.8 1.8 0 1 1 0 3.6a1.8 1.8 0 0 1 0-3.6",
  down: "M8 2.8v10M3.8 8.8 8 13l4.2-4.2",
  download: "M8 2.6v7.6M4.8 7.4 8 10.6l3.2-3.2M2.8 13.2h10.4",
  check: "M3 8.4 6.4 11.8 13 4.6",
  warn: "M8 2.2 14.6 13.6H1.4zM8 6.4v3.4M8 11.6v.2",
  info: "M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 0 1 0-12.4M8 7.4v3.8M8 4.9v.2",
  plus: "M8 3v10M3 8h10",
  smile: "M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 0 1 0-12.4M5.2 9.4a3.2 3.2 0 0 0 5.6 0M5.9 6v.3M10.1 6v.3",
  clip: "M12.6 7.4 8 12a3 3 0 0 1-4.3-4.2l5.1-5.1a2 2 0 0 1 2.9 2.8L6.8 10.4a1 1 0 0 1-1.4-1.4L9.6 4.8",
  pin: "M6 2.4h4l-.5 4.2 2.1 2.2H4.4l2.1-2.2zM8 8.8v5",
  pencil: "M2.8 13.2l.7-2.9 7-7 2.2 2.2-7 7z",
  trash: "M3 4.4h10M6.4 4.2V2.6h3.2v1.6M4.4 4.6l.6 8.8h6l.6-8.8M6.8 7v3.8M9.2 7v3.8",
  file: "M4 1.8h5l3.2 3.2v9.2H4zM9 1.8V5h3.2",
  bolt: "M8.8 1.8 3.4 9h4l-.6 5.2L12.6 7H8.4z",
  sun: "M8 5.4a2.6 2.6 0 1 1 0 5.2a2.6 2.6 0 0 1 0-5.2M8 1.6v1.5M8 12.9v1.5M1.6 8h1.5M12.9 8h1.5M3.5 3.5l1 1M11.5 11.5l1 1M3.5 12.5l1-1M11.5 4.5l1-1",
  moon: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.7 5.7 0 1 0 6.8 6.8z",
  screen: "M2 3h12v8H2zM5.4 13.6h5.2",
  play: "M5.4 3.4 12.4 8l-7 4.6z",
  bold: "M5 3h3.6a2.4 2.4 0 0 1 0 4.8H5zM5 7.8h4.2a2.6 2.6 0 0 1 0 5.2H5z",
  italic: "M6.6 3h5M4.4 13h5M9.4 3l-2.8 10",
  strike: "M11.4 4.6C10.8 3.4 9.6 3 8 3c-2 0-3.4 1-3.4 2.5 0 3.3 7 1.8 7 5 0 1.6-1.5 2.5-3.6 2.5-1.9 0-3.2-.7-3.7-2M2.4 8h11.2",
  code: "M5.4 4.6 2 8l3.4 3.4M10.6 4.6 14 8l-3.4 3.4",
  bullets: "M6 4h7.6M6 8h7.6M6 12h7.6M2.6 4v.1M2.6 8v.1M2.6 12v.1",
  numbers: "M6.4 4h7.2M6.4 8h7.2M6.4 12h7.2M2.2 3.2l.8-.5v3M2 9.8c.3-.8 1.7-.7 1.6.2 0 .7-1.6 1.2-1.7 2.2h1.8",
  quote: "M3 3.4v9.2M6.4 5h7M6.4 8h7M6.4 11h4.4",
  out: "M9.4 2.8h3.8v3.8M13 3 7.4 8.6M11.4 9.4v3.8H2.8V4.6h3.8",
  phone: "M4.2 2.4 6 2.2l1.2 3-1.5 1.2a8 8 0 0 0 3.9 3.9l1.2-1.5 3 1.2-.2 1.8a1.6 1.6 0 0 1-1.8 1.4A10.6 10.6 0 0 1 2.8 4.2 1.6 1.6 0 0 1 4.2 2.4z",
  users: "M6 2.8a2.3 2.3 0 1 1 0 4.6a2.3 2.3 0 0 1 0-4.6M1.8 13.2a4.2 4.2 0 0 1 8.4 0M10.4 3.1a2.2 2.2 0 0 1 0 4.1M11.4 9.3a4 4 0 0 1 2.8 3.9",
  circle: "M8 2.4a5.6 5.6 0 1 1 0 11.2a5.6 5.6 0 0 1 0-11.2",
  done: "M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 0 1 0-12.4M5.2 8.2l2 2 3.6-4",
  cross: "M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 0 1 0-12.4M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
  turn: "M8 1.8a6.2 6.2 0 0 1 6.2 6.2",
};

/** A drawing by its name. */
export function icon(name, classes = "") {
  const properties = { viewBox: "0 0 16 16", class: `icon ${classes}`.trim(), aria: { hidden: "true" } };
  if (name === "dots") return svg("svg", properties, [3, 8, 13].map((x) => svg("circle", { class: "icon-dot", cx: x, cy: 8, r: 1.3 })));
  return svg("svg", properties, svg("path", { d: PATHS[name] }));
}

/** A button that shows only a drawing; its name is read out and shown on hover. */
export function iconButton(name, label, click, classes = "") {
  return h("button", { type: "button", class: `icon-button ${classes}`.trim(), title: label, aria: { label }, on: { click } }, icon(name));
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
