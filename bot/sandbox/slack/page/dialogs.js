// Small dialogs: a confirmation before something happens, and a notice after something did not.

import { h } from "./dom.js";
import { plainText, textObject } from "./mrkdwn.js";

const NOTICE_MS = 6000;

/** Whether a person agrees; without a confirm object there is nothing to agree to. */
export function confirmed(confirm, style) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const isDanger = (confirm.style || style) === "danger";
    const deny = h("button", { type: "button", class: "button" }, plainText(confirm.deny?.text || "Cancel"));
    const agree = h("button", { type: "button", class: `button button-${isDanger ? "danger" : "primary"}` }, plainText(confirm.confirm?.text || "Yes"));
    const title = confirm.title?.text || "Are you sure?";
    const dialog = h(
      "dialog",
      { class: "dialog dialog-small", role: "alertdialog", aria: { label: title } },
      h("h2", { class: "dialog-title" }, plainText(title)),
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

/** Say something at the foot of the page for a few seconds, above whatever dialog is open. */
export function notice(text) {
  const element = document.getElementById("notice");
  element.textContent = text;
  if (element.matches(":popover-open")) element.hidePopover();
  element.showPopover();
  clearTimeout(hiding);
  hiding = setTimeout(() => element.hidePopover(), NOTICE_MS);
}

const WORDS = {
  operation_timeout: "The app did not answer within three seconds.",
  dispatch_failed: "The app is not connected.",
  action_not_found: "That is not there any more.",
  message_not_found: "That message is not there any more.",
  view_not_found: "That form is not open any more.",
  not_in_channel: "You are not in that channel.",
  file_too_large: "That file is too large for the sandbox.",
  "Failed to fetch": "The sandbox does not answer. Is it still running?",
};

/** An error of the sandbox or of the app as a sentence. */
export function sentence(error) {
  return WORDS[error] || String(error || "That did not work.");
}
