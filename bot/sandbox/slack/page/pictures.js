// Pictures and files: shown where a browser may show them, else named, with a way to open them.

import { h } from "./dom.js";
import { icon, iconButton } from "./icons.js";
import { linkTo, safeAddress } from "./mrkdwn.js";
import { state } from "./state.js";

const FILE_ID = /(?:^|[/-])(F[A-Z0-9]{6,})(?:[/?]|$)/;

/** Where I can fetch a file of this workspace. */
export function fileAddress(id) {
  return `/sandbox/files/${encodeURIComponent(id)}?person=${encodeURIComponent(state.me.name)}`;
}

/** A picture of a block, or its description where it cannot be fetched. */
export function picture(block, className) {
  const address = sourceOf(block);
  const words = block.alt_text || "A picture";
  const instead = () => h("span", { class: "unshown" }, safeAddress(address) ? linkTo(address, words) : words);
  if (!/^(https:|data:image\/|\/)/i.test(address)) return instead();
  const image = h("img", { class: className, src: address, alt: block.alt_text || "", loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(instead()));
  return image;
}

function sourceOf(block) {
  if (block.image_url) return String(block.image_url);
  const { id, url } = block.slack_file || {};
  const found = id || FILE_ID.exec(String(url ?? ""))?.[1];
  return found ? fileAddress(found) : String(url ?? "");
}

/** The files of a message: pictures to look at, the rest as cards to download. */
export function filesOf(files) {
  if (!files.length) return null;
  return h("div", { class: "m-files" }, files.map((file) => (file.is_image ? preview(file) : fileCard(file))));
}

function preview(file) {
  const look = () => lookAt(file);
  return h("button", { type: "button", class: "file-preview", aria: { label: `Look at ${file.title || file.name}` }, on: { click: look } }, h("img", { class: "picture", src: fileAddress(file.id), alt: file.title || file.name, loading: "lazy" }));
}

/** A file's card; `remove` gives it a button that takes it away again. */
export function fileCard(file, remove = null) {
  const kind = `${(/\.([a-z0-9]{1,6})$/i.exec(file.name)?.[1] || "file").toUpperCase()} · ${sizeOf(file.size)}`;
  const way = remove
    ? iconButton("close", `Remove ${file.name}`, remove)
    : h("a", { class: "icon-button", href: fileAddress(file.id), download: file.name, title: "Download", aria: { label: `Download ${file.name}` } }, icon("download"));
  return h("div", { class: "file-card" }, h("span", { class: "file-mark" }, icon("file")), h("span", { class: "file-words" }, h("b", {}, file.title || file.name), h("small", {}, kind)), way);
}

function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function lookAt(file) {
  const close = iconButton("close", "Close", () => dialog.close());
  const download = h("a", { class: "icon-button", href: fileAddress(file.id), download: file.name, title: "Download", aria: { label: `Download ${file.name}` } }, icon("download"));
  const dialog = h("dialog", { class: "dialog viewer", aria: { label: file.name } }, h("header", { class: "modal-head" }, h("h2", { class: "dialog-title" }, file.title || file.name), download, close), h("img", { class: "viewer-picture", src: fileAddress(file.id), alt: file.title || file.name }));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}
