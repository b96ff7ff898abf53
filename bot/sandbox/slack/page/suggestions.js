// What may be meant by what is being written: a command, a shortcut, a person, a channel.

import { emoji, emojiLike } from "./emoji.js";
import { avatar, icon } from "./icons.js";
import { runShortcut } from "./shortcuts.js";
import { state } from "./state.js";

const MOST = 6;

/** Entries `{lead, title, usage, detail, insert, from}`, or with `run` for what is done at once. */
export function suggestionsFor(field, isThread) {
  const { value, selectionStart: end } = field;
  if (/^\/\S*$/.test(value)) return isThread ? [] : [...commandsLike(value), ...shortcutsLike(value)];
  const found = /(^|\s)([@#:])([\p{L}\p{N}._+-]*)$/u.exec(value.slice(0, end));
  if (!found) return [];
  const [, , mark, text] = found;
  return LIKE[mark](text, end - text.length - 1);
}

const LIKE = { "@": peopleLike, "#": channelsLike, ":": facesLike };

function commandsLike(text) {
  return state.commands
    .filter((one) => one.command.startsWith(text))
    .map((one) => ({ lead: icon("right"), title: one.command, usage: one.usage_hint || "", detail: one.description || "", insert: `${one.command} `, from: 0 }));
}

function shortcutsLike(text) {
  const wanted = text.slice(1).toLocaleLowerCase();
  const fits = (one) => one.type === "global" && one.name.toLocaleLowerCase().includes(wanted);
  return state.shortcuts.filter(fits).map((one) => ({ lead: icon("bolt"), title: one.name, usage: "", detail: one.description || "Shortcut", run: () => runShortcut(one) }));
}

function peopleLike(text, from) {
  const wanted = text.toLocaleLowerCase();
  const fits = (one) => one.name.toLocaleLowerCase().startsWith(wanted) || one.real_name.toLocaleLowerCase().split(" ").some((word) => word.startsWith(wanted));
  const found = [...state.people.values()].filter(fits).sort((one, other) => Number(other.is_app) - Number(one.is_app));
  return found.slice(0, MOST).map((one) => ({ lead: avatar(one, "avatar-tiny"), title: one.real_name, usage: `@${one.name}`, detail: one.is_bot ? "App" : one.title, insert: `@${one.name} `, from }));
}

function channelsLike(text, from) {
  const found = [...state.channels, ...state.others].filter((one) => one.name.includes(text.toLocaleLowerCase()));
  return found.slice(0, MOST).map((one) => ({ lead: icon(one.is_private ? "lock" : "hash"), title: one.name, usage: "", detail: one.topic, insert: `#${one.name} `, from }));
}

function facesLike(text, from) {
  if (text.length < 2) return [];
  return emojiLike(text).slice(0, MOST).map((name) => ({ lead: emoji(name), title: `:${name}:`, usage: "", detail: "", insert: `${emoji(name)} `, from }));
}
