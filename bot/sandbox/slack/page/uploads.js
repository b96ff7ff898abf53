// Files on their way into a message: chosen, dropped or pasted, shown in the composer until they are sent.

import { act } from "./api.js";
import { fill, h } from "./dom.js";
import { contentOf } from "./fileinput.js";
import { iconButton } from "./icons.js";
import { fileCard } from "./pictures.js";
import { state } from "./state.js";

/** The files that wait in one composer. */
export class Tray {
  constructor(onChange) {
    this.onChange = onChange;
    this.files = [];
    this.element = h("div", { class: "tray", hidden: true, role: "group", aria: { label: "Files to send" } });
    this.chooser = h("input", { type: "file", class: "only-read", multiple: true, tabindex: "-1", aria: { label: "Files to send", hidden: "true" } });
    this.chooser.addEventListener("change", () => {
      this.add([...this.chooser.files]);
      this.chooser.value = "";
    });
    this.button = iconButton("clip", "Add files", () => this.chooser.click());
  }

  add(files) {
    this.files.push(...files);
    this.draw();
  }

  draw() {
    this.element.hidden = !this.files.length;
    fill(this.element, this.files.map((file) => this.card(file)));
    this.onChange();
  }

  card(file) {
    return fileCard({ name: file.name, size: file.size }, () => {
      this.files = this.files.filter((one) => one !== file);
      this.draw();
    });
  }

  /** Send everything; the first file carries the words. What could not be sent stays. */
  async send({ channel, thread_ts: thread }, comment) {
    let words = comment;
    while (this.files.length) {
      const [file] = this.files;
      await act("upload", { person: state.me.name, channel, name: file.name, content: await contentOf(file), comment: words, thread_ts: thread });
      words = "";
      this.files.shift();
      this.draw();
    }
  }
}
