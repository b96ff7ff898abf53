// The app's shortcuts: global ones, and those on a message.

import { act } from "./api.js";
import { notice, sentence } from "./dialogs.js";
import { state } from "./state.js";

/** Run a shortcut of the app; on a message when one is given. */
export async function runShortcut(shortcut, message = null) {
  const where = message ? { channel: message.channel, ts: message.ts } : {};
  try {
    const answer = await act("shortcut", { person: state.me.name, callback_id: shortcut.callback_id, ...where });
    if (answer.ok === false) notice(sentence(answer.error));
  } catch (error) {
    notice(sentence(error.message));
  }
}
