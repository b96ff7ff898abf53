// What the page knows: who I am, what I can see, where I am; everything else is asked of the sandbox.

import { act, read } from "./api.js";

const REMEMBERED = "sandbox.person";
const ASSISTANT_THREAD = "assistant_app_thread";

/** The one state of the page. Modules read it; only the functions below change it. */
export const state = {
  workspace: { name: "", title: "" },
  about: { description: "" },
  me: null,
  people: new Map(),
  channels: [],
  others: [],
  direct: null,
  directs: [],
  commands: [],
  shortcuts: [],
  groups: new Map(),
  hasHome: false,
  hasAssistant: false,
  place: null,
  tab: "messages",
  messages: [],
  assistant: null,
  thread: null,
  editing: null,
  firstUnread: null,
  home: null,
  modal: null,
  details: null,
  drafts: new Map(),
  dismissed: new Set(),
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
  const everybody = (await read("people", {})).people;
  const somebody = everybody.find((person) => !person.is_bot && !person.is_guest) || everybody.find((person) => !person.is_bot);
  await become(somebody.name);
}

/** Look at the workspace through somebody's eyes. */
export async function become(name) {
  const seen = await read("state", { person: name });
  localStorage.setItem(REMEMBERED, name);
  const before = state.place;
  const wasApp = before && isApp(before);
  take(seen);
  Object.assign(state, { modal: null, editing: null });
  await loadViews();
  changed("me");
  const kept = wasApp ? state.direct : places().find((place) => place.id === before?.id);
  await go(kept || placeNamed(fromHash()) || state.channels[0] || state.direct, kept ? state.tab : "messages");
}

function take(seen) {
  state.workspace = seen.workspace;
  state.about = seen.about;
  state.me = seen.me;
  state.people = new Map(seen.people.map((person) => [person.id, person]));
  state.channels = byName(seen.channels);
  state.others = byName(seen.others);
  state.direct = seen.direct;
  state.directs = seen.directs;
  state.commands = seen.commands;
  state.shortcuts = seen.shortcuts;
  state.groups = new Map(seen.groups.map((group) => [group.id, group]));
  state.hasHome = seen.has_home;
  state.hasAssistant = seen.has_assistant;
}

function byName(channels) {
  return [...channels].sort((one, other) => one.name.localeCompare(other.name));
}

function fromHash() {
  return decodeURIComponent(location.hash.slice(1));
}

/** Everywhere that I can write. */
export function places() {
  return [...state.channels, ...state.directs, state.direct];
}

/** Whether I can see a place; while somebody else's eyes are taken up, the one that is shown may not be theirs. */
function isMine(place) {
  return places().some((one) => one?.id === place?.id);
}

/** A place of mine by its name, or `app` for the conversation with the app. */
export function placeNamed(name) {
  if (name === "app") return state.direct;
  return places().find((place) => nameInAddress(place) === name) || null;
}

function nameInAddress(place) {
  if (place.id === state.direct.id) return "app";
  return place.is_im || place.is_mpim ? place.id : place.name;
}

/** Whether this is my conversation with the app, which has its Home. */
export function isApp(place) {
  return place.id === state.direct.id;
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
  Object.assign(state, { place, tab: isApp(place) ? tab : "messages", thread: null, editing: null, messages: [], assistant: null, firstUnread: null });
  history.replaceState(null, "", `#${encodeURIComponent(nameInAddress(place))}`);
  changed("place", "thread");
  const unread = place.unread;
  await loadMessages();
  if (state.place.id !== place.id) return;
  const foreign = state.messages.filter((message) => message.user !== state.me.id && isTopLevel(message));
  state.firstUnread = unread ? foreign[Math.max(0, foreign.length - unread)]?.ts || null : null;
  changed("messages");
  if (isApp(place)) await tellTab(tab);
  else if (state.hasAssistant) await act("look", { person: state.me.name, channel: place.id });
}

/** The app hears which of its tabs is opened; its Messages tab would begin a new thread with an assistant each time. */
async function tellTab(tab) {
  const hasThread = state.messages.some((message) => message.subtype === ASSISTANT_THREAD);
  if (tab === "about" || (tab === "messages" && state.hasAssistant && hasThread)) return;
  await act("home", { person: state.me.name, tab });
}

/** Begin another thread with the assistant, and open it. */
export async function beginThread() {
  const { ts } = await act("home", { person: state.me.name, tab: "messages" });
  await loadMessages();
  openThread(ts);
}

/** Whether a message stands in the channel itself and not in a thread of it. */
export function isTopLevel(message) {
  return !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast";
}

/** Open a thread beside the channel, or close it with null. */
export function openThread(ts) {
  state.thread = ts;
  changed("thread");
}

/** Change a message of mine in place, or stop with null. */
export function edit(ts) {
  state.editing = ts;
  changed("messages");
}

/** Take a message that only I see out of my sight. */
export function dismiss(ts) {
  state.dismissed.add(ts);
  state.messages = state.messages.filter((message) => message.ts !== ts);
  changed("messages");
}

/** Show a tab of the app: Home, Messages or About. */
export async function showTab(tab) {
  state.tab = tab;
  changed("place", "messages");
  await tellTab(tab);
}

let asked = 0;

/** Ask again for the messages of the place that is shown; an answer that was overtaken is dropped. */
export async function loadMessages() {
  if (!isMine(state.place)) return;
  const turn = (asked += 1);
  const { messages, assistant } = await read("messages", { person: state.me.name, channel: state.place.id });
  if (turn !== asked) return;
  state.messages = messages.filter((message) => !state.dismissed.has(message.ts));
  state.assistant = assistant;
  changed("messages");
  await markRead();
}

/** Tell the sandbox that I have seen what is shown, when I can have. */
export async function markRead() {
  if (document.hidden || !isMine(state.place) || state.tab !== "messages") return;
  const { id } = state.place;
  await act("read", { person: state.me.name, channel: id });
  const seen = places().find((place) => place.id === id);
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
  const here = places().find((place) => place.id === id);
  if (here) state.place = here;
  changed("channels");
  if (!here && id) await go(state.channels[0] || state.direct);
}

/** Ask again for the modal that is open for me and for my Home. */
export async function loadViews() {
  const name = state.me.name;
  const views = await read("views", { person: name });
  if (state.me.name !== name) return;
  state.modal = views.modal;
  state.home = views.home;
  state.details = views.details;
  changed("modal", "home");
}

/** Everything anew: after a lost connection anything may have happened. */
export async function loadAll() {
  await Promise.all([loadChannels(), loadMessages(), loadViews()]);
}
