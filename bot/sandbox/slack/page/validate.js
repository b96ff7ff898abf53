// What Slack's own client refuses before anything is sent: required fields, lengths, numbers, addresses.

import { isEmpty } from "./values.js";

const LONGEST = 3000;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** The faults of a form by block id; empty when it may be sent. */
export function faultsOf(view, surface) {
  const faults = {};
  for (const block of view.blocks || []) {
    if (block.type !== "input" || !block.element) continue;
    const fault = faultOf(block, surface.value(block, block.element) || {});
    if (fault) faults[block.block_id] = fault;
  }
  return faults;
}

function faultOf(block, held) {
  if (isEmpty(held)) return block.optional ? null : "Please complete this required field.";
  const rule = RULES[held.type];
  return rule ? rule(held, block.element) : null;
}

const RULES = {
  plain_text_input: ({ value }, { min_length: least, max_length: most = LONGEST }) => {
    const length = [...value].length;
    if (least && length < least) return `Please write at least ${least} characters.`;
    return length > most ? `Please write at most ${most} characters.` : null;
  },
  email_text_input: ({ value }) => (EMAIL.test(value) ? null : "Please write an email address, like name@example.com."),
  url_text_input: ({ value }) => (isAddress(value) ? null : "Please write a full address, like https://example.com."),
  number_input: ({ value }, element) => numberFault(value, element),
};

function numberFault(value, { is_decimal_allowed: hasDecimals, min_value: low, max_value: high }) {
  const number = Number(value);
  if (Number.isNaN(number)) return "Please write a number.";
  if (!hasDecimals && !Number.isInteger(number)) return "Please write a whole number.";
  if (low !== undefined && number < Number(low)) return `Please write a number from ${low} on.`;
  if (high !== undefined && number > Number(high)) return `Please write a number up to ${high}.`;
  return null;
}

function isAddress(text) {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}
