// Block Kit to DOM: one function per kind of block; what is not known is named, never dropped in silence.

import { alert, call, card, carousel, container, remoteFile, video } from "./cards.js";
import { chart } from "./charts.js";
import { contextElement, control } from "./controls.js";
import { h, listOf } from "./dom.js";
import { markdown } from "./markdown.js";
import { plainText, textObject } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { richText } from "./rich.js";
import { dataTable, table } from "./tables.js";
import { plan, taskCard } from "./tasks.js";

/** Nodes for a surface's blocks. */
export function blocks(list, surface) {
  return listOf(list).map((block) => {
    const draw = BLOCKS[block?.type];
    if (!draw) return h("p", { class: "unshown" }, `(${block?.type ?? "something without a type"} is not shown here)`);
    return draw(block, surface);
  });
}

const BLOCKS = {
  actions: (block, surface) => h("div", { class: "b-actions" }, controls(block.elements, block, surface)),
  alert,
  call,
  card: (block, surface) => card(block, controls(block.actions, block, surface)),
  carousel: (block, surface) => carousel(blocks(block.elements, surface)),
  container: (block, surface) => container(block, blocks(block.child_blocks, surface)),
  context: (block) => h("div", { class: "b-context" }, listOf(block.elements).map(contextElement)),
  context_actions: (block, surface) => h("div", { class: "b-actions" }, controls(block.elements, block, surface)),
  data_table: dataTable,
  data_visualization: chart,
  divider: () => h("hr", { class: "divider" }),
  file: remoteFile,
  header: (block) => h("h3", { class: "b-header" }, plainText(block.text?.text)),
  image: (block) => h("figure", { class: "b-image" }, block.title ? h("figcaption", {}, plainText(block.title.text)) : null, picture(block, "picture")),
  input,
  markdown: (block) => h("div", { class: "b-markdown" }, markdown(block.text)),
  plan,
  rich_text: (block) => h("div", { class: "b-rich" }, richText(block)),
  section,
  table,
  task_card: taskCard,
  video,
};

function controls(elements, block, surface) {
  return listOf(elements).map((element) => control(element, block, surface));
}

function section(block, surface) {
  const fields = listOf(block.fields);
  const words = h("div", { class: "b-words" }, block.text ? h("div", { class: "b-text" }, textObject(block.text)) : null, fields.length ? h("div", { class: "b-fields" }, fields.map((field) => h("div", {}, textObject(field)))) : null);
  if (!block.accessory) return h("div", { class: "b-section" }, words);
  const wide = ["checkboxes", "radio_buttons"].includes(block.accessory.type);
  return h("div", { class: wide ? "b-section b-stacked" : "b-section" }, words, h("div", { class: "b-side" }, control(block.accessory, block, surface)));
}

let inputs = 0;

function input(block, surface) {
  const id = `input-${(inputs += 1)}`;
  const { element = {} } = block;
  const isGroup = ["checkboxes", "radio_buttons", "rich_text_input", "file_input"].includes(element.type);
  const optional = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  const label = h(isGroup ? "div" : "label", { class: "b-label", id: `${id}-label`, for: isGroup ? null : id }, plainText(block.label?.text), optional);
  const error = h("p", { class: "b-error", id: `${id}-error`, role: "alert", hidden: true });
  const hint = block.hint ? h("p", { class: "b-hint", id: `${id}-hint` }, plainText(block.hint.text)) : null;
  const described = hint ? `${id}-error ${id}-hint` : `${id}-error`;
  const field = control(element, block, surface, { id, described, acts: Boolean(block.dispatch_action) });
  return h("div", { class: "b-input", data: { block: block.block_id } }, label, field, error, hint);
}
