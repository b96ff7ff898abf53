// Light or dark: as the system has it, or as chosen here; remembered on this machine.

import { fill } from "./dom.js";
import { icon, iconButton } from "./icons.js";

const REMEMBERED = "sandbox.scheme";
const NEXT = { system: "light", light: "dark", dark: "system" };
const LOOKS = { system: ["screen", "as the system has it"], light: ["sun", "light"], dark: ["moon", "dark"] };

/** Take up what was chosen before. */
export function startTheme() {
  apply(chosen());
}

/** The button that goes through the three. */
export function schemeButton() {
  const button = iconButton(LOOKS[chosen()][0], labelOf(chosen()), () => {
    const next = NEXT[chosen()];
    localStorage.setItem(REMEMBERED, next);
    apply(next);
    fill(button, icon(LOOKS[next][0]));
    button.setAttribute("aria-label", labelOf(next));
    button.title = labelOf(next);
  });
  return button;
}

function labelOf(scheme) {
  return `Colours: ${LOOKS[scheme][1]}. Change`;
}

function chosen() {
  const held = localStorage.getItem(REMEMBERED);
  return held in NEXT ? held : "system";
}

function apply(scheme) {
  if (scheme === "system") document.documentElement.removeAttribute("data-scheme");
  else document.documentElement.setAttribute("data-scheme", scheme);
}
