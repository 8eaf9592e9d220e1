// A window over the page. The browser's own dialog keeps the focus inside, and gives it back afterwards.

import { h, newId } from "./dom.js";
import { remembered } from "./focus.js";
import { lift } from "./toasts.js";

/** `{ node, body, foot }`, not shown yet. `onclose` is called for ✕ and Escape. */
export function dialog(title, onclose) {
  const id = newId();
  const close = h("button.icon", { type: "button", "aria-label": "Close", onclick: onclose }, "✕");
  const body = h("div.body");
  const foot = h("footer");
  const heading = h("h2", { id }, title);
  const node = h("dialog", { "aria-labelledby": id }, h("header", heading, close), body, foot);
  node.addEventListener("cancel", (event) => {
    event.preventDefault();
    onclose();
  });
  return { node, heading, body, foot };
}

export function open(one) {
  one.giveBack = remembered();
  document.body.append(one.node);
  one.node.showModal();
  lift();
}

/** It goes, also by what was opened from a button that was drawn anew meanwhile. */
export function shut(one) {
  one.node.close();
  lift();
  one.node.remove();
  if (document.activeElement === document.body) one.giveBack();
}
