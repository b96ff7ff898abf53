// The app's Home for me: drawn from its view, redrawn in place when the app changes it.

import { blocks } from "./blocks.js";
import { fill, h } from "./dom.js";
import { state, theApp } from "./state.js";
import { Surface } from "./surface.js";

const shown = { view: null, surface: null };

/** Show the Home where there is room for it; what was filled in stays. */
export function drawHome(holder) {
  if (!holder) return;
  const view = state.home;
  if (view && shown.view?.id === view.id && shown.view.hash === view.hash) return;
  shown.view = view;
  if (!view) {
    fill(holder, h("p", { class: "home-empty" }, `${theApp().real_name} has put nothing here yet.`));
    return;
  }
  const surface = shown.surface || new Surface({ view_id: view.id }, view.blocks);
  surface.where = { view_id: view.id };
  surface.show(view.blocks);
  shown.surface = surface;
  fill(holder, h("div", { class: "home-blocks" }, blocks(view.blocks, surface)));
}

/** Draw it anew the next time. */
export function forgetHome() {
  Object.assign(shown, { view: null, surface: null });
}
