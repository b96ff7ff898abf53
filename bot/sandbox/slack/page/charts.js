// Charts of the data_visualization block, drawn as SVG: pie, bar, area and line, with a table for who cannot see them.

import { h, listOf, svg } from "./dom.js";
import { plainText } from "./mrkdwn.js";

const WIDEST = 520;
const NARROWEST = 280;
const HEIGHT = 220;
const EDGE = { left: 44, right: 8, top: 10, bottom: 26 };
const TONES = 8;

/** The chart of a block, with its title and legend. */
export function chart(block) {
  const given = block.chart || {};
  const draw = { pie, bar: axes, area: axes, line: axes }[given.type];
  const title = h("figcaption", {}, plainText(block.title));
  if (!draw) return h("figure", { class: "b-chart" }, title, h("p", { class: "unshown" }, `(a chart of the kind ${given.type} is not shown here)`));
  const [drawing, names, rows] = draw(given);
  return h("figure", { class: "b-chart" }, title, h("div", { class: `chart chart-${given.type}` }, drawing, legend(names)), spoken(block.title, rows));
}

function legend(names) {
  return h("ul", { class: "legend" }, names.map((name, at) => h("li", {}, h("span", { class: `key key-${at % TONES}` }), name)));
}

function spoken(title, rows) {
  const made = rows.map((row, line) => h("tr", {}, row.map((cell) => h(line ? "td" : "th", {}, String(cell)))));
  return h("table", { class: "only-read", aria: { label: String(title ?? "") } }, made);
}

function numberOf(value) {
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}

function pie({ segments }) {
  const parts = listOf(segments).map((one) => ({ label: String(one.label ?? ""), value: Math.max(0, numberOf(one.value)) }));
  const total = parts.reduce((sum, one) => sum + one.value, 0) || 1;
  let angle = -Math.PI / 2;
  const slices = parts.map((one, at) => {
    const from = angle;
    angle += (one.value / total) * 2 * Math.PI;
    return slice(from, angle, at, `${one.label}: ${one.value}`);
  });
  const drawing = svg("svg", { viewBox: "0 0 200 200", class: "drawing", aria: { hidden: "true" } }, slices);
  const names = parts.map((one) => [h("span", {}, one.label), h("b", {}, `${Math.round((one.value / total) * 100)}%`)]);
  return [drawing, names, [["", "Value"], ...parts.map((one) => [one.label, one.value])]];
}

function slice(from, to, at, words) {
  const title = svg("title", {}, words);
  const classes = `slice fill-${at % TONES}`;
  if (to - from > 2 * Math.PI - 0.001) return svg("path", { class: classes, d: "M100 8a92 92 0 1 1 0 184a92 92 0 1 1 0-184M100 50a50 50 0 1 0 0 100a50 50 0 1 0 0-100" }, title);
  const point = (angle, radius) => `${round(100 + radius * Math.cos(angle))} ${round(100 + radius * Math.sin(angle))}`;
  const large = to - from > Math.PI ? 1 : 0;
  return svg("path", { class: classes, d: `M${point(from, 92)}A92 92 0 ${large} 1 ${point(to, 92)}L${point(to, 50)}A50 50 0 ${large} 0 ${point(from, 50)}Z` }, title);
}

/** As wide as the page has room for, so that its words stay readable on a phone. */
function room() {
  return Math.min(WIDEST, Math.max(NARROWEST, window.innerWidth - 110));
}

function axes({ type, series, axis_config: config = {} }) {
  const lines = listOf(series).map((one) => ({ name: String(one.name ?? ""), points: listOf(one.data).map((point) => ({ label: String(point.label ?? ""), value: numberOf(point.value) })) }));
  const categories = listOf(config.categories).length ? config.categories.map(String) : (lines[0]?.points || []).map((point) => point.label);
  const values = lines.flatMap((line) => line.points.map((point) => point.value));
  const ticks = steps(Math.min(0, ...values), Math.max(0, ...values));
  const width = room();
  const scale = scales(width, categories.length, ticks[0], ticks.at(-1));
  const marks = lines.map((line, at) => MARKS[type](line, at, lines.length, scale, categories));
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, class: "drawing", aria: { hidden: "true" } }, grid(ticks, scale), labels(categories, scale), marks);
  const titled = [axisName(config.y_label, "axis-y"), drawing, axisName(config.x_label, "axis-x")];
  const rows = [["", ...categories], ...lines.map((line) => [line.name, ...categories.map((name) => valueAt(line, name) ?? "")])];
  return [h("div", { class: "plot" }, titled), lines.map((line) => h("span", {}, line.name)), rows];
}

function axisName(words, classes) {
  return words ? h("p", { class: `axis ${classes}` }, String(words)) : null;
}

function valueAt(line, category) {
  return line.points.find((point) => point.label === category)?.value;
}

function scales(width, count, low, high) {
  const wide = width - EDGE.left - EDGE.right;
  const tall = HEIGHT - EDGE.top - EDGE.bottom;
  const slot = wide / Math.max(1, count);
  return { end: width - EDGE.right, slot, x: (at) => EDGE.left + slot * (at + 0.5), y: (value) => EDGE.top + tall * (1 - (value - low) / (high - low || 1)) };
}

/** Four or so round numbers from the lowest to the highest. */
function steps(low, high) {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => span / one <= 4.5) ?? 10 * power;
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_one, at) => Number(((first + at) * step).toPrecision(12)));
}

function grid(ticks, { y, end }) {
  return ticks.map((tick) => [
    svg("line", { class: tick === 0 ? "rule rule-zero" : "rule", x1: EDGE.left, x2: end, y1: round(y(tick)), y2: round(y(tick)) }),
    svg("text", { class: "tick", x: EDGE.left - 8, y: round(y(tick) + 4), "text-anchor": "end" }, tick.toLocaleString(undefined, { notation: "compact" })),
  ]);
}

function labels(categories, { x, slot }) {
  const room = Math.max(3, Math.floor(slot / 7));
  const every = Math.ceil(28 / slot);
  return categories.map((name, at) => (at % every ? null : svg("text", { class: "tick", x: round(x(at)), y: HEIGHT - 8, "text-anchor": "middle" }, [...name].length > room ? `${[...name].slice(0, room - 1).join("")}…` : name)));
}

const MARKS = {
  bar: (line, at, count, { x, y, slot }, categories) => {
    const wide = Math.min(36, (slot * 0.72) / count);
    return categories.map((name, index) => {
      const value = valueAt(line, name);
      if (value === undefined) return null;
      const left = x(index) - (wide * count) / 2 + wide * at;
      return svg("rect", { class: `fill-${at % TONES}`, x: round(left), y: round(Math.min(y(value), y(0))), width: round(Math.max(1, wide - 2)), height: round(Math.abs(y(value) - y(0))), rx: 2 }, svg("title", {}, `${line.name}, ${name}: ${value}`));
    });
  },
  line: (line, at, _count, scale, categories) => traced(line, at, scale, categories),
  area: (line, at, _count, scale, categories) => [filled(line, at, scale, categories), ...traced(line, at, scale, categories)],
};

function pointsOf(line, { x, y }, categories) {
  return categories.map((name, index) => ({ name, value: valueAt(line, name), at: index })).filter((one) => one.value !== undefined).map((one) => ({ ...one, x: round(x(one.at)), y: round(y(one.value)) }));
}

function traced(line, at, scale, categories) {
  const points = pointsOf(line, scale, categories);
  const path = svg("polyline", { class: `trace stroke-${at % TONES}`, points: points.map((one) => `${one.x},${one.y}`).join(" ") });
  return [path, ...points.map((one) => svg("circle", { class: `dot fill-${at % TONES}`, cx: one.x, cy: one.y, r: 3.5 }, svg("title", {}, `${line.name}, ${one.name}: ${one.value}`)))];
}

function filled(line, at, scale, categories) {
  const points = pointsOf(line, scale, categories);
  if (!points.length) return null;
  const floor = round(scale.y(0));
  return svg("polygon", { class: `area fill-${at % TONES}`, points: [`${points[0].x},${floor}`, ...points.map((one) => `${one.x},${one.y}`), `${points.at(-1).x},${floor}`].join(" ") });
}

function round(number) {
  return Math.round(number * 10) / 10;
}
