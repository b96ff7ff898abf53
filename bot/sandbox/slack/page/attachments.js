// What hangs below a message: attachments with their bar of colour, unfurled links, and Work Objects.

import { blocks } from "./blocks.js";
import { h, listOf } from "./dom.js";
import { dateOf, linked, mrkdwn, plainText, safeAddress } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { workObject } from "./workobject.js";

const NAMED = { good: "bar-good", warning: "bar-warning", danger: "bar-danger" };
const COLOUR = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i;

/** The attachments of a message; their blocks stand on the message's own surface. */
export function attachmentsOf(message, surface) {
  const made = [...listOf(message.attachments).map((one) => attachment(one, surface)), ...listOf(message.entities).map((one) => workObject(one, message))];
  return made.length ? h("div", { class: "m-attachments" }, made) : null;
}

function attachment(one, surface) {
  const bar = h("span", { class: `attachment-bar ${NAMED[one.color] || ""}`.trim(), aria: { hidden: "true" } });
  const code = COLOUR.exec(String(one.color ?? ""))?.[1];
  if (code) bar.style.backgroundColor = `#${code}`;
  const inside = one.blocks ? blocks(one.blocks, surface) : legacy(one);
  const body = h("div", { class: "attachment-body" }, h("div", { class: "attachment-words m-content" }, inside), one.thumb_url && !one.image_url ? picture({ image_url: one.thumb_url, alt_text: one.title || one.fallback || "" }, "thumb") : null);
  return h("div", {}, one.pretext ? h("div", { class: "b-text" }, mrkdwn(one.pretext)) : null, h("div", { class: "attachment" }, bar, body));
}

function legacy(one) {
  const isMarked = !Array.isArray(one.mrkdwn_in) || one.mrkdwn_in.includes("text");
  const hasMore = one.title || one.text || one.author_name || one.fields || one.image_url;
  return [
    one.author_name ? h("div", { class: "attachment-author" }, one.author_icon ? picture({ image_url: one.author_icon, alt_text: "" }, "context-image") : null, linked(one.author_link, one.author_name), one.author_subname ? h("span", { class: "quiet" }, one.author_subname) : null) : null,
    one.title ? h("div", { class: "attachment-title" }, linked(one.title_link || one.from_url, one.title)) : null,
    one.text ? h("div", { class: "b-text" }, isMarked ? mrkdwn(one.text) : plainText(one.text)) : null,
    hasMore ? null : h("div", { class: "b-text" }, plainText(one.fallback)),
    fields(one.fields),
    one.image_url ? picture({ image_url: one.image_url, alt_text: one.title || one.fallback || "" }, "picture") : null,
    buttons(one.actions),
    foot(one),
  ].filter(Boolean);
}

function fields(given) {
  const list = listOf(given);
  if (!list.length) return null;
  return h("dl", { class: "b-fields" }, list.map((one) => h("div", { class: one.short ? null : "field-wide" }, h("dt", {}, plainText(one.title)), h("dd", {}, mrkdwn(one.value)))));
}

/** Buttons of the old kind: the ones that lead somewhere work, the others only say what they would be. */
function buttons(actions) {
  const made = listOf(actions).map((one) => {
    const address = safeAddress(one.url);
    if (address) return h("a", { class: "button", href: address, target: "_blank", rel: "noopener noreferrer" }, plainText(one.text));
    return h("button", { type: "button", class: "button", disabled: true, title: "Actions of attachments are not carried out here; use blocks" }, plainText(one.text));
  });
  return made.length ? h("div", { class: "b-actions" }, made) : null;
}

function foot(one) {
  const moment = Number(one.ts) ? dateOf(one.ts, "{date_short_pretty}, {time}", "") : "";
  if (!one.footer && !moment && !one.service_name) return null;
  const words = [one.footer || one.service_name, moment].filter(Boolean).join(" · ");
  return h("div", { class: "b-context" }, one.footer_icon || one.service_icon ? picture({ image_url: one.footer_icon || one.service_icon, alt_text: "" }, "context-image") : null, h("span", {}, plainText(words)));
}
