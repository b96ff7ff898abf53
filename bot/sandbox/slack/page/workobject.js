// Work Objects: an entity of the app as a card in a message, and its details when somebody asks for them.

import { act } from "./api.js";
import { notice, sentence } from "./dialogs.js";
import { h, listOf } from "./dom.js";
import { iconButton } from "./icons.js";
import { channelMention, dateOf, linked, mentionOf, plainText, safeAddress } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { state } from "./state.js";

/** A Work Object as its card; in a message it offers the details that the app keeps beside it. */
export function workObject(entity, message = null) {
  const given = entity?.entity_payload || {};
  const { title, display_type: kind, display_id: key, product_name: product, product_icon: mark } = given.attributes || {};
  const known = [...Object.entries(given.fields || {}).map(([name, field]) => [field?.label || worded(name), field]), ...listOf(given.custom_fields).map((field) => [field.label, field])];
  const rows = known.map(([label, field]) => [label, valueOf(field)]).filter(([, value]) => value !== null);
  const where = [product, kind || worded(String(entity?.entity_type ?? "").split("/").pop()), key].filter(Boolean).join(" · ");
  return h(
    "article",
    { class: "b-card work-object" },
    h("div", { class: "card-body" }, h("header", { class: "card-head" }, mark?.url ? picture({ image_url: mark.url, alt_text: mark.alt_text }, "card-icon") : null, h("div", { class: "card-titles" }, h("div", { class: "card-subtitle" }, where), h("div", { class: "card-title" }, linked(entity?.url || entity?.app_unfurl_url, title?.text ?? "")))), rows.length ? h("dl", { class: "work-rows" }, rows.map(([label, value]) => h("div", {}, h("dt", {}, plainText(label)), h("dd", {}, value)))) : null),
    workActions(given.actions, entity, message),
  );
}

function worded(name) {
  const words = String(name ?? "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function valueOf(field) {
  if (!field || typeof field !== "object") return null;
  if (field.user) return field.user.user_id ? mentionOf(field.user.user_id) : linked(field.user.url, field.user.text ?? "");
  if (field.entity_ref) return linked(field.entity_ref.entity_url, field.entity_ref.title ?? "");
  if (field.image_url) return picture(field, "thumb");
  const { value, type = "" } = field;
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.flatMap((one, at) => (at ? [", ", valueOf(one)] : [valueOf(one)]));
  if (type.endsWith("/user")) return mentionOf(value);
  if (type.endsWith("/channel_id")) return channelMention(value);
  if (type.endsWith("/timestamp") || (typeof value === "number" && value > 1e9)) return dateOf(value, "{date_short_pretty}", String(value));
  if (field.tag_color) return h("span", { class: `tag tag-${["red", "yellow", "green", "blue", "gray"].includes(field.tag_color) ? field.tag_color : "gray"}` }, String(value));
  return linked(field.link || (type.endsWith("/link") ? value : ""), String(value));
}

function workActions(actions, entity, message) {
  const made = [...listOf(actions?.primary_actions), ...listOf(actions?.overflow_actions)].filter((one) => safeAddress(one.url));
  const links = made.map((one) => h("a", { class: "button", href: one.url, target: "_blank", rel: "noopener noreferrer" }, plainText(one.text)));
  const more = message ? h("button", { type: "button", class: "button", on: { click: () => ask(entity, message) } }, "Details") : null;
  return links.length || more ? h("footer", { class: "b-actions card-actions" }, more, links) : null;
}

async function ask(entity, message) {
  try {
    await act("details", { person: state.me.name, channel: message.channel, ts: message.ts, url: entity.app_unfurl_url || entity.url });
  } catch (error) {
    notice(sentence(error.message));
  }
}

/** Show what the app keeps beside a Work Object, or why it does not. */
export function showDetails() {
  const { metadata, error, user_auth_url: address } = state.details || {};
  const dialog = h("dialog", { class: "dialog", aria: { label: "Details" } });
  const inside = metadata ? workObject(metadata) : h("p", { class: "dialog-text" }, plainText(error?.custom_title || error?.custom_message || error?.status || "The app asks you to sign in first."));
  const signIn = safeAddress(address) ? h("a", { class: "button button-primary", href: address, target: "_blank", rel: "noopener noreferrer" }, "Sign in") : null;
  dialog.append(h("header", { class: "modal-head" }, h("h2", { class: "dialog-title" }, "Details"), iconButton("close", "Close", () => dialog.close())), h("div", { class: "modal-body" }, inside, signIn ?? ""));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
