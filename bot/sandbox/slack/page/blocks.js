// Block Kit to DOM: one function per kind of block; what is not known is named, never dropped in silence.

import { contextElement, control, picture } from "./controls.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { markdown } from "./markdown.js";
import { channelMention, dateOf, linkTo, mentionOf, plainText, textObject } from "./mrkdwn.js";

/** Nodes for a surface's blocks. */
export function blocks(list, surface) {
  return (list || []).map((block, at) => {
    const known = block.block_id ? block : { ...block, block_id: `block-${at}` };
    const draw = BLOCKS[block.type];
    if (!draw) return h("p", { class: "unshown" }, `(${block.type} is not shown here)`);
    return draw(known, surface);
  });
}

const BLOCKS = {
  section,
  header: (block) => h("h3", { class: "b-header" }, plainText(block.text?.text)),
  divider: () => h("hr", { class: "divider" }),
  context: (block) => h("div", { class: "b-context" }, (block.elements || []).map(contextElement)),
  actions: (block, surface) => h("div", { class: "b-actions" }, (block.elements || []).map((element) => control(element, block, surface))),
  image: (block) => h("figure", { class: "b-image" }, block.title ? h("figcaption", {}, plainText(block.title.text)) : null, picture(block, "picture")),
  rich_text: (block) => h("div", { class: "b-rich" }, (block.elements || []).map(richPart)),
  markdown: (block) => h("div", { class: "b-markdown" }, markdown(block.text)),
  table,
  input,
  video: (block) => h("p", { class: "b-section" }, linkTo(block.title_url || block.video_url, plainText(block.title?.text))),
};

function section(block, surface) {
  const fields = block.fields?.length ? h("div", { class: "b-fields" }, block.fields.map((field) => h("div", {}, textObject(field)))) : null;
  const words = h("div", { class: "b-words" }, block.text ? h("div", { class: "b-text" }, textObject(block.text)) : null, fields);
  const side = block.accessory ? h("div", { class: "b-side" }, control(block.accessory, block, surface)) : null;
  const wide = ["checkboxes", "radio_buttons"].includes(block.accessory?.type);
  return h("div", { class: wide ? "b-section b-stacked" : "b-section" }, words, side);
}

let inputs = 0;

function input(block, surface) {
  const id = `input-${(inputs += 1)}`;
  const { element = {} } = block;
  const many = ["checkboxes", "radio_buttons"].includes(element.type);
  const optional = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  const label = h(many ? "div" : "label", { class: "b-label", for: many ? null : id }, plainText(block.label?.text), optional);
  const field = control(element, block, surface, { id, acts: Boolean(block.dispatch_action) });
  const error = h("p", { class: "b-error", id: `${id}-error`, role: "alert", hidden: true });
  const hint = block.hint ? h("p", { class: "b-hint", id: `${id}-hint` }, plainText(block.hint.text)) : null;
  field.setAttribute("aria-describedby", `${id}-error ${id}-hint`);
  return h("div", { class: "b-input", data: { block: block.block_id } }, label, field, error, hint);
}

function table(block) {
  const settings = block.column_settings || [];
  const cell = (value, at, tag) => {
    const align = settings[at]?.align;
    const classes = [align ? `align-${align}` : "", settings[at]?.is_wrapped ? "wraps" : ""].join(" ").trim();
    return h(tag, { class: classes || null, scope: tag === "th" ? "col" : null }, cellContent(value));
  };
  const [head = [], ...rows] = block.rows || [];
  return h(
    "div",
    { class: "table-wrap", tabindex: "0", role: "region", aria: { label: "Table" } },
    h(
      "table",
      { class: "table" },
      h("thead", {}, h("tr", {}, head.map((value, at) => cell(value, at, "th")))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((value, at) => cell(value, at, "td"))))),
    ),
  );
}

function cellContent(value) {
  if (value?.type === "rich_text") return (value.elements || []).map(richPart);
  return plainText(value?.text ?? "");
}

function richPart(part) {
  const inner = () => (part.elements || []).map(richInline);
  if (part.type === "rich_text_list") {
    const items = (part.elements || []).map((item) => h("li", {}, (item.elements || []).map(richInline)));
    return h(part.style === "ordered" ? "ol" : "ul", { class: `list list-in-${Math.min(Number(part.indent) || 0, 4)}` }, items);
  }
  if (part.type === "rich_text_quote") return h("blockquote", { class: "quote" }, inner());
  if (part.type === "rich_text_preformatted") return h("pre", { class: "pre" }, (part.elements || []).map((one) => one.text ?? one.url ?? ""));
  return h("div", { class: "rich-line" }, inner());
}

const RICH = {
  text: (part) => part.text ?? "",
  link: (part) => linkTo(part.url, part.text || part.url || ""),
  user: (part) => mentionOf(part.user_id),
  channel: (part) => channelMention(part.channel_id),
  usergroup: (part) => h("span", { class: "mention" }, `@${part.usergroup_id}`),
  broadcast: (part) => h("span", { class: "mention mention-me" }, `@${part.range}`),
  emoji: (part) => emoji(part.name) ?? `:${part.name}:`,
  date: (part) => h("time", {}, dateOf(part.timestamp, part.format, part.fallback)),
  color: (part) => h("code", { class: "code" }, part.value),
};

function richInline(part) {
  const { bold, italic, strike, code } = part.style || {};
  let node = RICH[part.type] ? RICH[part.type](part) : (part.text ?? "");
  if (code) node = h("code", { class: "code" }, node);
  if (bold) node = h("strong", {}, node);
  if (italic) node = h("em", {}, node);
  if (strike) node = h("s", {}, node);
  return node;
}
