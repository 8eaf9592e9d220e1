// A menu below a button: arrows move, Enter picks, Escape or a click beside it closes.

import { h } from "./dom.js";
import { remembered } from "./focus.js";

const GAP = 4;

/** `items`: `{ label, says?, do, danger? }`. */
export function openMenu(anchor, items) {
  const node = h("div.menu", { role: "menu", popover: "auto" }, ...items.map((item) => entry(item)));
  // In a modal the page below is inert, so the menu must stand inside of it.
  (anchor.closest("dialog") ?? document.body).append(node);
  const giveBack = remembered(anchor);
  node.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    node.remove();
    // The browser gives the focus back itself, but not to a button that was drawn anew meanwhile.
    if (!anchor.isConnected && document.activeElement === document.body) giveBack();
  });
  node.addEventListener("keydown", (event) => move(event, node));
  node.showPopover();
  place(node, anchor);
  node.firstChild?.focus();

  function entry(item) {
    const pick = () => {
      node.hidePopover();
      giveBack();
      item.do();
    };
    return h(
      item.danger ? "button.danger" : "button",
      { type: "button", role: "menuitem", tabindex: -1, onclick: pick },
      h("span", item.label),
      item.says ? h("small", item.says) : null,
    );
  }
}

function move(event, node) {
  const items = [...node.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Tab") node.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items[(to + items.length) % items.length].focus();
}

/** Below the button where there is room, else above it; never outside of the window. */
function place(node, anchor) {
  const near = anchor.getBoundingClientRect();
  const own = node.getBoundingClientRect();
  const below = near.bottom + GAP + own.height < innerHeight;
  node.style.top = `${Math.max(GAP, below ? near.bottom + GAP : near.top - GAP - own.height)}px`;
  node.style.left = `${Math.max(GAP, Math.min(near.left, innerWidth - own.width - GAP))}px`;
}
