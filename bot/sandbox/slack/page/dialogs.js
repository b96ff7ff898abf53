// Small dialogs: a confirmation before something happens, and a notice after something did not.

import { h } from "./dom.js";
import { plainText, textObject } from "./mrkdwn.js";

/** Whether a person agrees; without a confirm object there is nothing to agree to. */
export function confirmed(confirm, style) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const isDanger = (confirm.style || style) === "danger";
    const deny = h("button", { type: "button", class: "button", value: "" }, plainText(confirm.deny?.text || "Cancel"));
    const agree = h("button", { type: "button", class: `button button-${isDanger ? "danger" : "primary"}` }, plainText(confirm.confirm?.text || "Yes"));
    const dialog = h(
      "dialog",
      { class: "dialog dialog-small", aria: { label: confirm.title?.text || "Are you sure?" } },
      h("h2", { class: "dialog-title" }, plainText(confirm.title?.text || "Are you sure?")),
      h("div", { class: "dialog-text" }, textObject(confirm.text)),
      h("div", { class: "dialog-foot" }, deny, agree),
    );
    const done = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    deny.addEventListener("click", () => done(false));
    agree.addEventListener("click", () => done(true));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      done(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    agree.focus();
  });
}

let hiding = 0;

/** Say something at the foot of the page for a few seconds. */
export function notice(text) {
  const element = document.getElementById("notice");
  element.textContent = text;
  element.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    element.hidden = true;
  }, 6000);
}

const WORDS = {
  operation_timeout: "The app did not answer within three seconds.",
  dispatch_failed: "The app is not connected.",
};

/** An error of the sandbox or of the app as a sentence. */
export function sentence(error) {
  return WORDS[error] || String(error || "That did not work.");
}
