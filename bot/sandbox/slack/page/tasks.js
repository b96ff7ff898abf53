// What an agent is doing: a task with its state, details and sources, and a plan of several.

import { counted, h, listOf } from "./dom.js";
import { icon } from "./icons.js";
import { linkTo, plainText } from "./mrkdwn.js";
import { richText } from "./rich.js";

const STATES = {
  pending: ["circle", "Waiting"],
  in_progress: ["turn", "In progress"],
  complete: ["done", "Done"],
  error: ["cross", "Failed"],
};

/** A task card. */
export function taskCard(block) {
  return h("div", { class: "b-task" }, task(block));
}

/** A plan: its title, how far it is, and its tasks. */
export function plan(block) {
  const tasks = listOf(block.tasks).filter((one) => one && typeof one === "object");
  const done = tasks.filter((one) => one.status === "complete").length;
  return h(
    "section",
    { class: "b-plan" },
    h("header", { class: "plan-head" }, h("span", { class: "card-title" }, plainText(block.title)), tasks.length ? h("span", { class: "plan-count" }, `${done} of ${counted(tasks.length, "task", "tasks")}`) : null),
    h("ol", { class: "plan-tasks" }, tasks.map((one) => h("li", {}, task(one)))),
  );
}

function task(block) {
  const [mark, words] = STATES[block.status] || STATES.pending;
  const classes = `task task-${STATES[block.status] ? block.status : "pending"}`;
  const head = [h("span", { class: "task-mark", role: "img", aria: { label: words } }, icon(mark)), h("span", { class: "task-title" }, plainText(block.title))];
  const more = [prose("task-details", block.details), prose("task-output", block.output), sources(block.sources)].filter(Boolean);
  if (!more.length) return h("div", { class: classes }, h("div", { class: "task-head" }, head));
  return h("details", { class: classes, open: block.status === "in_progress" || block.status === "error" }, h("summary", { class: "task-head" }, head, icon("chevron", "fold")), h("div", { class: "task-more" }, more));
}

/** Details come as rich text in a block, and as plain words in a stream's chunks. */
function prose(classes, value) {
  if (!value) return null;
  return h("div", { class: classes }, typeof value === "string" ? plainText(value) : richText(value));
}

function sources(list) {
  const made = listOf(list).map((one) => h("li", {}, linkTo(one.url, plainText(one.text || one.url))));
  return made.length ? h("ul", { class: "task-sources", aria: { label: "Sources" } }, made) : null;
}
