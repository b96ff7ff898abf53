// What floats over the page, one at a time: opened at an anchor, closed by a press elsewhere, Escape or Tab.

let open = null;

document.addEventListener("pointerdown", (event) => {
  if (open && !open.popup.contains(event.target) && !open.anchor.contains(event.target)) closeFloating();
});
window.addEventListener("resize", () => open && place());
document.addEventListener("scroll", (event) => open && !open.popup.contains(event.target) && place(), true);

/**
 * Show `popup` below or above `anchor`, and close whatever floated before.
 * `onClose` hears when it goes; the anchor's `aria-expanded` follows.
 */
export function openFloating(popup, anchor, { matchWidth = false, alignEnd = false, onClose = null } = {}) {
  closeFloating();
  open = { popup, anchor, matchWidth, alignEnd, onClose };
  popup.setAttribute("popover", "manual");
  (anchor.closest("dialog") || document.body).append(popup);
  anchor.setAttribute("aria-expanded", "true");
  popup.showPopover();
  place();
}

/** Close what floats; the focus goes back to its anchor when asked for. */
export function closeFloating({ refocus = false } = {}) {
  if (!open) return;
  const { popup, anchor, onClose } = open;
  open = null;
  popup.remove();
  anchor.setAttribute("aria-expanded", "false");
  onClose?.();
  if (refocus) anchor.focus();
}

/** Whether this one is what floats now. */
export function isFloating(popup) {
  return open?.popup === popup;
}

/** Put what floats where it belongs once more, when its content has changed. */
export function place() {
  const { popup, anchor, matchWidth, alignEnd } = open;
  const box = anchor.getBoundingClientRect();
  if (matchWidth) Object.assign(popup.style, { width: `${box.width}px`, maxWidth: "none" });
  popup.style.maxHeight = "none";
  const own = popup.getBoundingClientRect();
  const below = window.innerHeight - box.bottom - 10;
  const above = box.top - 10;
  const goesUp = Math.min(own.height, 340) > below && above > below;
  const room = Math.max(120, Math.min(340, goesUp ? above : below));
  popup.style.maxHeight = `${room}px`;
  const wanted = alignEnd ? box.right - own.width : box.left;
  popup.style.left = `${Math.max(8, Math.min(wanted, window.innerWidth - own.width - 8))}px`;
  popup.style.top = `${goesUp ? box.top - Math.min(own.height, room) - 4 : box.bottom + 4}px`;
}
