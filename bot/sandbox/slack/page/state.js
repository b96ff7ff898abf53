// What the page knows: who I am, what I can see, where I am; everything else is asked of the sandbox.

import { act, read } from "./api.js";

const REMEMBERED = "sandbox.person";

/** The one state of the page. Modules read it; only the functions below change it. */
export const state = {
  workspace: { name: "", title: "" },
  me: null,
  people: new Map(),
  channels: [],
  direct: null,
  commands: [],
  hasHome: false,
  place: null,
  tab: "messages",
  messages: [],
  thread: null,
  firstUnread: null,
  home: null,
  modal: null,
  drafts: new Map(),
};

const watchers = new Map();

/** Call `render` whenever the named part has changed. */
export function watch(part, render) {
  watchers.set(part, [...(watchers.get(part) || []), render]);
}

function changed(...parts) {
  for (const part of parts) for (const render of watchers.get(part) || []) render();
}

/** The person to begin with: of the address, else the last one used here, else the first of the workspace. */
export async function begin() {
  const wanted = [new URLSearchParams(location.search).get("as"), localStorage.getItem(REMEMBERED)];
  for (const name of wanted.filter(Boolean)) {
    if (await become(name).then(() => true, () => false)) return;
  }
  const everybody = (await read("state", { person: "callboard" })).people;
  const somebody = everybody.find((person) => !person.is_bot && !person.is_guest);
  await become(somebody.name);
}

/** Look at the workspace through somebody's eyes. */
export async function become(name) {
  const seen = await read("state", { person: name });
  localStorage.setItem(REMEMBERED, name);
  const before = state.place;
  take(seen);
  state.modal = null;
  await loadViews();
  changed("me");
  await go(placeNamed(before?.is_im ? "app" : before?.name) || placeNamed(fromHash()) || state.channels[0] || state.direct);
}

function take(seen) {
  state.workspace = seen.workspace;
  state.me = seen.me;
  state.people = new Map(seen.people.map((person) => [person.id, person]));
  state.channels = [...seen.channels].sort((one, other) => one.name.localeCompare(other.name));
  state.direct = seen.direct;
  state.commands = seen.commands;
  state.hasHome = seen.has_home;
}

function fromHash() {
  return decodeURIComponent(location.hash.slice(1));
}

/** A channel of mine by its name, or `app` for the conversation with the app. */
export function placeNamed(name) {
  if (name === "app") return state.direct;
  return state.channels.find((channel) => channel.name === name) || null;
}

/** The app's own account. */
export function theApp() {
  return [...state.people.values()].find((person) => person.is_app) || { id: "", name: "app", real_name: "App", is_app: true };
}

/** Somebody by id; an account that is not of this workspace speaks for Slack itself. */
export function person(id) {
  return state.people.get(id) || { id, name: "workspace", real_name: state.workspace.title, is_bot: true, is_system: true };
}

/** Go to a channel or to the app's conversation. */
export async function go(place, tab = "messages") {
  state.place = place;
  state.tab = tab;
  state.thread = null;
  state.messages = [];
  state.firstUnread = null;
  history.replaceState(null, "", `#${place.is_im ? "app" : encodeURIComponent(place.name)}`);
  changed("place", "thread");
  const unread = place.unread;
  await loadMessages();
  if (state.place.id !== place.id) return;
  const foreign = state.messages.filter((message) => message.user !== state.me.id && isTopLevel(message));
  state.firstUnread = unread ? foreign[Math.max(0, foreign.length - unread)]?.ts || null : null;
  changed("messages");
  if (tab === "home") await act("home", { person: state.me.name });
}

/** Whether a message stands in the channel itself and not in a thread of it. */
export function isTopLevel(message) {
  return !message.thread_ts || message.thread_ts === message.ts;
}

/** Open a thread beside the channel, or close it with null. */
export function openThread(ts) {
  state.thread = ts;
  changed("thread");
}

/** Show the Home or the Messages tab of the app. */
export async function showTab(tab) {
  state.tab = tab;
  changed("place", "messages");
  if (tab === "home") await act("home", { person: state.me.name });
}

let asked = 0;

/** Ask again for the messages of the place that is shown; an answer that was overtaken is dropped. */
export async function loadMessages() {
  const turn = (asked += 1);
  const { messages } = await read("messages", { person: state.me.name, channel: state.place.id });
  if (turn !== asked) return;
  state.messages = messages;
  changed("messages");
  await markRead();
}

/** Tell the sandbox that I have seen what is shown, when I can have. */
export async function markRead() {
  if (document.hidden || !state.place || state.tab !== "messages") return;
  const { id } = state.place;
  await act("read", { person: state.me.name, channel: id });
  const seen = [...state.channels, state.direct].find((place) => place.id === id);
  if (seen?.unread) {
    seen.unread = 0;
    changed("channels");
  }
}

/** Ask again for channels and their unread counts. */
export async function loadChannels() {
  const seen = await read("state", { person: state.me.name });
  if (seen.me.id !== state.me.id) return;
  const id = state.place?.id;
  take(seen);
  state.place = [...state.channels, state.direct].find((place) => place.id === id) || state.place;
  changed("channels");
}

/** Ask again for the modal that is open for me and for my Home. */
export async function loadViews() {
  const name = state.me.name;
  const views = await read("views", { person: name });
  if (state.me.name !== name) return;
  state.modal = views.modal;
  state.home = views.home;
  changed("modal", "home");
}

/** Everything anew: after a lost connection anything may have happened. */
export async function loadAll() {
  await Promise.all([loadChannels(), loadMessages(), loadViews()]);
}
