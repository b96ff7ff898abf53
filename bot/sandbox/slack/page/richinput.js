// A small editor for rich_text_input: what is written becomes a rich_text value of sections, lists, quotes and code.

import { h, listOf } from "./dom.js";
import { icon } from "./icons.js";
import { richText } from "./rich.js";
import { fromDom } from "./richvalue.js";

const TOOLS = [
  ["bold", "Bold"],
  ["italic", "Italic"],
  ["strike", "Strikethrough"],
  ["code", "Code"],
  ["bullets", "Bulleted list"],
  ["numbers", "Numbered list"],
  ["quote", "Quote"],
];
const COMMANDS = { bold: ["bold"], italic: ["italic"], strike: ["strikeThrough"], bullets: ["insertUnorderedList"], numbers: ["insertOrderedList"], quote: ["formatBlock", "blockquote"] };

/** The editor of one element. */
export function richInput({ element, block, surface, id, acts, told, held }) {
  const area = h("div", { class: "input rich-area", contenteditable: "true", role: "textbox", id, "data-placeholder": element.placeholder?.text, aria: { multiline: "true", labelledby: id ? `${id}-label` : null, label: id ? null : element.placeholder?.text || "Text" } });
  area.append(...richText(held.rich_text_value).flatMap(editable));
  const value = () => ({ type: element.type, rich_text_value: fromDom(area) });
  const changed = () => {
    area.classList.toggle("is-empty", !area.textContent && !area.querySelector("li"));
    surface.hold(block, element, value());
  };
  const { trigger_actions_on: triggers } = element.dispatch_action_config || {};
  area.addEventListener("input", () => {
    changed();
    if (acts && listOf(triggers).includes("on_character_entered")) told(value());
  });
  area.addEventListener("paste", (event) => {
    event.preventDefault();
    document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
  });
  area.addEventListener("keydown", (event) => {
    const tool = event.ctrlKey || event.metaKey ? { b: "bold", i: "italic" }[event.key.toLowerCase()] : null;
    if (!tool) return;
    event.preventDefault();
    use(area, tool);
  });
  const buttons = TOOLS.map(([tool, label], at) => {
    const made = h("button", { type: "button", class: "icon-button", title: label, tabindex: at ? "-1" : "0", aria: { label } }, icon(tool));
    made.addEventListener("pointerdown", (event) => event.preventDefault());
    made.addEventListener("click", () => {
      use(area, tool);
      changed();
    });
    return made;
  });
  const bar = h("div", { class: "rich-tools", role: "toolbar", aria: { label: "Formatting" } }, buttons);
  bar.addEventListener("keydown", (event) => walk(event, buttons));
  surface.hold(block, element, held);
  area.classList.toggle("is-empty", !area.textContent);
  return h("div", { class: "rich-input" }, bar, area);
}

/** Drawn sections become plain lines, so that the browser's own editing understands them. */
function editable(node) {
  if (!node.matches(".rich-line")) return [node];
  return [h("div", {}, [...node.childNodes])];
}

function walk(event, buttons) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = buttons.indexOf(document.activeElement);
  const next = buttons[(at + step + buttons.length) % buttons.length];
  buttons.forEach((one) => one.setAttribute("tabindex", one === next ? "0" : "-1"));
  next.focus();
}

function use(area, tool) {
  area.focus();
  if (tool === "code") return codify(area);
  const [command, argument] = COMMANDS[tool];
  const isQuoted = tool === "quote" && getSelection().anchorNode?.parentElement?.closest("blockquote");
  return document.execCommand(command, false, isQuoted ? "div" : argument);
}

/** Make what is selected code, or plain again when it is. */
function codify(area) {
  const selection = getSelection();
  if (!selection.rangeCount) return;
  const inside = selection.anchorNode?.parentElement?.closest("code");
  if (inside && area.contains(inside)) {
    inside.replaceWith(...inside.childNodes);
    return;
  }
  const range = selection.getRangeAt(0);
  if (range.collapsed) return;
  const code = h("code", { class: "code" }, range.toString());
  range.deleteContents();
  range.insertNode(code);
  selection.selectAllChildren(code);
}
