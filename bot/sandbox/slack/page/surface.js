// Where blocks stand: a message, a modal or Home. Keeps what a person filled in and tells the app what they did.

import { act } from "./api.js";
import { initialValue } from "./controls.js";
import { notice, sentence } from "./dialogs.js";
import { state } from "./state.js";

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
    for (const block of blocks || []) {
      for (const element of [block.element, block.accessory, ...(block.elements || [])]) {
        if (!element?.action_id || ["button", "overflow"].includes(element.type)) continue;
        const key = keyOf(block, element);
        const held = before.get(key);
        this.values.set(key, { block, element, value: held?.value.type === element.type ? held.value : initialValue(element) });
      }
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

  async act(block, element, chosen) {
    const body = { person: state.me.name, ...this.where, action_id: element.action_id, block_id: block.block_id, chosen, values: this.state() };
    try {
      const answer = await act("click", body);
      if (answer.ok === false) notice(sentence(answer.error));
    } catch (error) {
      notice(sentence(error.message));
    }
  }

  async options(block, element, text) {
    const body = { person: state.me.name, ...this.where, block_id: block.block_id, action_id: element.action_id, value: text };
    try {
      const { options, option_groups: groups } = await act("options", body);
      return groups?.length ? groups.map((group) => ({ label: group.label?.text, options: group.options })) : [{ options: options || [] }];
    } catch (error) {
      notice(sentence(error.message));
      return [];
    }
  }
}

function keyOf(block, element) {
  return `${block.block_id}\n${element.action_id}`;
}
