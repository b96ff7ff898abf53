// A form's file input: chosen, dropped or pasted files go to the sandbox at once; the form holds what came back.

import { act } from "./api.js";
import { notice, sentence } from "./dialogs.js";
import { fill, h, listOf } from "./dom.js";
import { icon } from "./icons.js";
import { fileCard } from "./pictures.js";
import { state } from "./state.js";

const MOST = 10;

/** The field of a file_input. */
export function fileInput({ element, block, surface, id, told, held }) {
  const most = element.max_files ?? MOST;
  const kinds = listOf(element.filetypes).map((kind) => String(kind).toLowerCase());
  let files = listOf(held.files);
  const chooser = h("input", { type: "file", class: "only-read", id, multiple: most > 1, accept: kinds.map((kind) => `.${kind}`).join(",") || null, tabindex: "-1", aria: { labelledby: `${id}-label` } });
  const press = h("button", { type: "button", class: "button", on: { click: () => chooser.click() } }, icon("clip"), most > 1 ? "Choose files" : "Choose a file");
  const words = [kinds.length ? kinds.join(", ") : "any kind", most > 1 ? `up to ${most}` : "one file"].join(", ");
  const list = h("div", { class: "file-list" });
  const zone = h("div", { class: "drop-zone", role: "group", aria: { labelledby: `${id}-label` } }, press, h("span", { class: "quiet" }, `or drop here (${words})`), chooser, list);

  const show = () => {
    fill(list, files.map((file) => fileCard(file, () => keep(files.filter((one) => one.id !== file.id)))));
    press.disabled = files.length >= most;
  };
  const keep = (wanted) => {
    files = wanted;
    surface.hold(block, element, { type: element.type, files });
    show();
    return told({ type: element.type, files });
  };
  const take = async (given) => {
    const fits = given.filter((file) => !kinds.length || kinds.includes(file.name.split(".").pop().toLowerCase()));
    if (fits.length < given.length) notice(`Only these kinds are taken here: ${kinds.join(", ")}.`);
    if (files.length + fits.length > most) notice(`At most ${most === 1 ? "one file is" : `${most} files are`} taken here.`);
    zone.setAttribute("aria-busy", "true");
    try {
      const kept = [];
      for (const file of fits.slice(0, most - files.length)) kept.push(await sent(file));
      if (kept.length) await keep([...files, ...kept]);
    } catch (error) {
      notice(sentence(error.message));
    } finally {
      zone.removeAttribute("aria-busy");
      chooser.value = "";
    }
  };
  chooser.addEventListener("change", () => take([...chooser.files]));
  receive(zone, take);
  show();
  return zone;
}

async function sent(file) {
  const { file: kept } = await act("file", { person: state.me.name, name: file.name, content: await contentOf(file) });
  return kept;
}

/** A file's content as the sandbox takes it. */
export function contentOf(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).split(",")[1] ?? ""));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}

/** Let files be dropped on an element or pasted into it. */
export function receive(element, take) {
  const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  element.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    element.classList.add("is-over");
  });
  element.addEventListener("dragleave", (event) => element.contains(event.relatedTarget) || element.classList.remove("is-over"));
  element.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    event.stopPropagation();
    element.classList.remove("is-over");
    take([...event.dataTransfer.files]);
  });
  element.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });
}
