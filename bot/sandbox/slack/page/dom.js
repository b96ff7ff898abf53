// Builds DOM nodes. Text only ever becomes text nodes, so nothing that somebody wrote is read as HTML.

const SPACE = "http://www.w3.org/2000/svg";

/** An element: `h("button", {class: "x", on: {click: f}, aria: {label: "y"}}, child, "text", [more])`. */
export function h(tag, properties = {}, ...children) {
  return dressed(document.createElement(tag), properties, children);
}

/** The same for a drawing's elements. */
export function svg(tag, properties = {}, ...children) {
  return dressed(document.createElementNS(SPACE, tag), properties, children);
}

function dressed(element, properties, children) {
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

/** A list, whatever came in the place of one. */
export function listOf(value) {
  return Array.isArray(value) ? value : [];
}

/** `1 reply`, `2 replies`. */
export function counted(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}
