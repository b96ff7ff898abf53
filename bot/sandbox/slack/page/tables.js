// Tables: the plain one, and the data table with a caption, sorting and pages.

import { counted, fill, h, listOf } from "./dom.js";
import { icon, iconButton } from "./icons.js";
import { plainText } from "./mrkdwn.js";
import { richText, richWords } from "./rich.js";

/** A table block. */
export function table(block) {
  const settings = listOf(block.column_settings);
  const look = (at) => [alignment(settings[at]?.align), settings[at]?.is_wrapped ? "wraps" : ""].filter(Boolean).join(" ") || null;
  const [head = [], ...rows] = listOf(block.rows).map(listOf);
  return framed("Table", [
    h("thead", {}, h("tr", {}, head.map((cell, at) => h("th", { scope: "col", class: look(at) }, content(cell))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, at) => h("td", { class: look(at) }, content(cell)))))),
  ]);
}

function alignment(align) {
  return ["left", "center", "right"].includes(align) ? `align-${align}` : "";
}

function framed(label, parts) {
  return h("div", { class: "table-wrap", tabindex: "0", role: "region", aria: { label } }, h("table", { class: "table" }, parts));
}

/** A data table: its head sorts, its foot pages. */
export function dataTable(block) {
  const [head = [], ...rows] = listOf(block.rows).map(listOf);
  const own = { page: 0, column: -1, isDown: false, size: Math.min(Math.max(Math.trunc(Number(block.page_size)) || 5, 1), 100) };
  const headerColumn = block.row_header_column_index ?? 0;
  const body = h("tbody");
  const foot = h("div", { class: "table-foot" });
  const heads = head.map((cell, at) => headCell(cell, at, () => sort(at)));
  const isNumeric = head.map((_cell, at) => rows.every((row) => row[at]?.type === "raw_number"));
  heads.forEach((cell, at) => isNumeric[at] && cell.classList.add("align-right"));

  const sort = (at) => {
    own.isDown = own.column === at && !own.isDown;
    Object.assign(own, { column: at, page: 0 });
    heads.forEach((cell, index) => cell.setAttribute("aria-sort", index === at ? (own.isDown ? "descending" : "ascending") : "none"));
    show();
  };
  const turn = (step) => {
    own.page += step;
    show();
    foot.querySelector("button:not(:disabled)")?.focus();
  };
  const show = () => {
    const sorted = own.column < 0 ? rows : [...rows].sort((one, other) => compared(one[own.column], other[own.column]) * (own.isDown ? -1 : 1));
    const from = own.page * own.size;
    const shown = sorted.slice(from, from + own.size);
    fill(body, shown.map((row) => h("tr", {}, row.map((cell, at) => h(at === headerColumn ? "th" : "td", { scope: at === headerColumn ? "row" : null, class: isNumeric[at] ? "align-right" : null }, content(cell))))));
    fill(foot, pager(rows.length, from, shown.length, turn));
  };
  show();
  const caption = String(block.caption ?? "");
  return h("figure", { class: "b-data-table" }, h("figcaption", {}, plainText(caption)), framed(caption || "Table", [h("thead", {}, h("tr", {}, heads)), body]), foot);
}

function headCell(cell, at, sort) {
  const button = h("button", { type: "button", class: "sort", on: { click: sort } }, content(cell), icon("chevron"));
  return h("th", { scope: "col", aria: { sort: "none" } }, button);
}

function pager(total, from, count, turn) {
  if (total === count) return h("span", {}, counted(total, "row", "rows"));
  const back = iconButton("left", "Previous page", () => turn(-1));
  const on = iconButton("right", "Next page", () => turn(1));
  back.disabled = from === 0;
  on.disabled = from + count >= total;
  return [h("span", { aria: { live: "polite" } }, `${from + 1}–${from + count} of ${total}`), back, on];
}

function compared(one, other) {
  if (one?.type === "raw_number" && other?.type === "raw_number") return Number(one.value) - Number(other.value);
  return words(one).localeCompare(words(other), undefined, { numeric: true });
}

function words(cell) {
  return cell?.type === "rich_text" ? richWords(cell) : String(cell?.text ?? cell?.value ?? "");
}

function content(cell) {
  if (cell?.type === "rich_text") return richText(cell);
  return plainText(words(cell));
}
