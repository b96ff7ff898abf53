// The blocks that are drawn as cards: card, carousel, container, alert, video, file, call, and an agent's tasks.

import { h, listOf } from "./dom.js";
import { icon, iconButton } from "./icons.js";
import { linkTo, mentionOf, plainText, safeAddress, textObject } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { richText } from "./rich.js";

/** A card; `actions` are its buttons, drawn by who draws controls. */
export function card(block, actions) {
  const lead = block.icon ? picture(block.icon, "card-icon") : null;
  return h(
    "article",
    { class: "b-card" },
    block.hero_image ? picture(block.hero_image, "card-hero") : null,
    h(
      "div",
      { class: "card-body" },
      lead || block.title || block.subtitle ? h("header", { class: "card-head" }, lead, h("div", { class: "card-titles" }, line("card-title", block.title), line("card-subtitle", block.subtitle))) : null,
      line("card-text", block.body),
      line("card-subtext", block.subtext),
    ),
    actions.length ? h("footer", { class: "b-actions card-actions" }, actions) : null,
  );
}

function line(classes, text) {
  return text ? h("div", { class: classes }, textObject(text)) : null;
}

/** Cards side by side, which scroll sideways within themselves. */
export function carousel(cards) {
  const rail = h("div", { class: "carousel-rail", tabindex: "0", role: "group", aria: { roledescription: "carousel", label: `${cards.length} cards` } }, cards);
  const turn = (way) => rail.scrollBy({ left: way * rail.clientWidth * 0.8, behavior: "smooth" });
  const back = iconButton("left", "Earlier cards", () => turn(-1), "carousel-turn carousel-back");
  const on = iconButton("right", "Further cards", () => turn(1), "carousel-turn carousel-on");
  const mark = () => {
    back.hidden = rail.scrollLeft < 4;
    on.hidden = rail.scrollLeft + rail.clientWidth > rail.scrollWidth - 4;
  };
  rail.addEventListener("scroll", mark);
  new ResizeObserver(mark).observe(rail);
  return h("div", { class: "b-carousel" }, rail, back, on);
}

/** A titled frame around other blocks, which may fold. */
export function container(block, children) {
  const words = h("div", { class: "card-titles" }, h("div", { class: "card-title" }, block.rich_text_title ? richText(block.rich_text_title) : textObject(block.title)), line("card-subtitle", block.subtitle));
  const head = [block.icon ? picture(block.icon, "card-icon") : null, words];
  const widths = ["narrow", "standard", "wide", "full"];
  const classes = `b-container container-${widths.includes(block.width) ? block.width : "standard"}${block.has_header_divider ? " has-rule" : ""}`;
  const body = h("div", { class: "container-body" }, children);
  if (!block.is_collapsible) return h("section", { class: classes }, h("header", { class: "card-head" }, head), body);
  return h("details", { class: classes, open: !block.default_collapsed }, h("summary", { class: "card-head" }, head, icon("chevron", "fold")), body);
}

const LEVELS = { info: "info", warning: "warn", error: "cross", success: "done" };

/** A notice in a modal. */
export function alert(block) {
  const level = LEVELS[block.level] ? block.level : "default";
  return h("div", { class: `b-alert alert-${level}`, role: level === "error" || level === "warning" ? "alert" : "note" }, icon(LEVELS[level] || "info"), h("div", {}, textObject(block.text)));
}

/** A video as its picture, title and a way to where it plays; nothing of elsewhere runs in the page. */
export function video(block) {
  const address = safeAddress(block.title_url) || safeAddress(block.video_url);
  const still = [picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, "video-still"), h("span", { class: "video-play" }, icon("play"))];
  const from = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  return h(
    "figure",
    { class: "b-video" },
    from ? h("p", { class: "video-from" }, block.provider_icon_url ? picture({ image_url: block.provider_icon_url, alt_text: "" }, "context-image") : null, from) : null,
    h("figcaption", { class: "card-title" }, address ? linkTo(address, plainText(block.title?.text)) : plainText(block.title?.text)),
    block.description ? h("p", { class: "card-subtitle" }, plainText(block.description.text)) : null,
    address ? h("a", { class: "video-frame", href: address, target: "_blank", rel: "noopener noreferrer", aria: { label: `Watch ${block.title?.text ?? "the video"}` } }, still) : h("div", { class: "video-frame" }, still),
  );
}

/** A remote file. */
export function remoteFile(block) {
  return h("div", { class: "file-card" }, h("span", { class: "file-mark" }, icon("file")), h("span", { class: "file-words" }, h("b", {}, String(block.external_id ?? "")), h("small", {}, `${block.source ?? "remote"} file`)));
}

/** A call, with who is in it. */
export function call(block) {
  const given = block.call?.v1 || {};
  const address = safeAddress(given.join_url);
  const who = listOf(given.active_participants).map((one) => (one.slack_id ? mentionOf(one.slack_id) : h("span", {}, one.display_name ?? "")));
  return h(
    "div",
    { class: "file-card" },
    h("span", { class: "file-mark" }, icon("phone")),
    h("span", { class: "file-words" }, h("b", {}, plainText(given.name || "Call")), h("small", {}, given.has_ended ? "Ended" : who.length ? who.flatMap((one, at) => (at ? [", ", one] : [one])) : String(block.call_id ?? ""))),
    address && !given.has_ended ? h("a", { class: "button", href: address, target: "_blank", rel: "noopener noreferrer" }, "Join") : null,
  );
}
