// Starts the page: draws it, then keeps it like the workspace, change by change.

import { listen } from "./api.js";
import { notice, sentence } from "./dialogs.js";
import { startModal } from "./modal.js";
import { startPane } from "./pane.js";
import { startSidebar } from "./sidebar.js";
import { begin, go, loadAll, loadChannels, loadMessages, loadViews, markRead, placeNamed, state } from "./state.js";
import { startTheme } from "./theme.js";
import { startThread } from "./thread.js";
import { showDetails } from "./workobject.js";

const TOGETHER_MS = 25;

startTheme();
startSidebar();
startPane();
startThread();
startModal();

const waiting = new Set();
let timer = 0;

/** Do each kind of refresh once for a burst of changes. */
function soon(refresh) {
  waiting.add(refresh);
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const now = [...waiting];
    waiting.clear();
    await Promise.all(now.map((one) => one())).catch((error) => notice(sentence(error.message)));
  }, TOGETHER_MS);
}

function heard(event) {
  if (event.kind === "view" || event.kind === "home") {
    if (event.user === state.me?.id) soon(loadViews);
    return;
  }
  if (event.kind === "details") {
    if (event.user === state.me?.id) loadViews().then(showDetails);
    return;
  }
  if (!event.channel || event.channel === state.place?.id) soon(loadMessages);
  soon(loadChannels);
}

document.addEventListener("visibilitychange", markRead);
window.addEventListener("hashchange", () => {
  if (!state.me) return;
  const place = placeNamed(decodeURIComponent(location.hash.slice(1)));
  if (place && place.id !== state.place?.id) go(place);
});

await begin();
let wasLost = false;
listen(
  heard,
  () => {
    if (wasLost) notice("Connected again.");
    wasLost = false;
    document.body.toggleAttribute("data-live", true);
    soon(loadAll);
  },
  () => {
    if (!wasLost) notice("The connection was lost; trying again.");
    wasLost = true;
    document.body.toggleAttribute("data-live", false);
  },
);
