// Where blocks stand: a message, a modal or Home. Keeps what a person filled in and tells the app what they did.

import { act } from "./api.js";
import { notice, sentence } from "./dialogs.js";
import { listOf } from "./dom.js";
import { state } from "./state.js";
import { initialValue } from "./values.js";

const HOLDS_NOTHING = new Set(["button", "overflow", "workflow_button", "feedback_buttons", "icon_button", "image"]);

/** A surface; `where` is what the sandbox needs to find it: channel and ts of a message, or a view's id. */
export class Surface {
  constructor(where, blocks) {
    this.where = where;
    this.values = new Map();
    this.show(blocks);
  }

  /** Take over new blocks: fields that stay keep what was filled in, as in Slack. */
  show(blocks) {
    const before = this.values;
    this.values = new Map();
    for (const [block, element] of elementsOf(blocks)) {
      if (HOLDS_NOTHING.has(element.type)) continue;
      const key = keyOf(block, element);
      const held = before.get(key);
      this.values.set(key, { block, element, value: held?.value.type === element.type ? held.value : initialValue(element) });
    }
  }

  value(block, element) {
    return this.values.get(keyOf(block, element))?.value;
  }

  hold(block, element, value) {
    this.values.set(keyOf(block, element), { block, element, value });
  }

  /** All values in the shape of `view.state.values`. */
  state() {
    const shaped = {};
    for (const { block, element, value } of this.values.values()) {
      shaped[block.block_id] = { ...shaped[block.block_id], [element.action_id]: value };
    }
    return shaped;
  }

  /** Tell the app; false when it did not take it, which the person is told. */
  async act(block, element, chosen) {
    const body = { person: state.me.name, ...this.where, action_id: element.action_id, block_id: block.block_id, chosen, values: this.state() };
    try {
      const answer = await act("click", body);
      if (answer.ok !== false) return true;
      notice(sentence(answer.error));
    } catch (error) {
      notice(sentence(error.message));
    }
    return false;
  }

  /** The groups of options that the app offers for a text; raises when it does not in time. */
  async options(block, element, text) {
    const body = { person: state.me.name, ...this.where, block_id: block.block_id, action_id: element.action_id, value: text };
    const answer = await act("options", body);
    if (answer.error) throw new Error(answer.error);
    const groups = listOf(answer.option_groups);
    return groups.length ? groups.map((group) => ({ label: group.label?.text, options: listOf(group.options) })) : [{ options: listOf(answer.options) }];
  }
}

/** Every element that a person can use, with the innermost block that it stands in. */
function* elementsOf(blocks) {
  for (const block of listOf(blocks)) {
    for (const inner of [block?.element, block?.accessory, ...listOf(block?.elements), ...listOf(block?.child_blocks), ...listOf(block?.actions)]) {
      if (inner?.action_id) yield [block, inner];
      else if (inner) yield* elementsOf([inner]);
    }
  }
}

function keyOf(block, element) {
  return `${block.block_id}\n${element.action_id}`;
}
