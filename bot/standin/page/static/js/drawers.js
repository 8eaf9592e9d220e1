// Channels and things to try: beside the conversation where there is room, else drawers that a button opens over it.

import { closeThread } from "./route.js";
import { ui } from "./store.js";

const narrow = matchMedia("(max-width: 1100px)");
const open = document.body.classList;
/** What says on the body that a drawer is open → its button. */
const BUTTONS = { "menu-open": document.getElementById("menu"), "panel-open": document.getElementById("try") };

export function startDrawers() {
  BUTTONS["menu-open"].addEventListener("click", () => {
    turn("menu-open");
    if (open.contains("menu-open")) document.querySelector("#sidebar a")?.focus();
  });
  BUTTONS["panel-open"].addEventListener("click", () => {
    turn(narrow.matches ? "panel-open" : "no-panel");
    if (open.contains("panel-open")) document.querySelector("#panel summary")?.focus();
  });
  narrow.addEventListener("change", tell);
  window.addEventListener("hashchange", closeDrawers);
  // A link to where one is already changes no address.
  document.addEventListener("click", (event) => event.target.closest('a[href^="#/"]') && closeDrawers());
  window.addEventListener("keydown", onKey);
  tell();
}

/** They make way for what was chosen in them. */
export function closeDrawers() {
  open.remove(...Object.keys(BUTTONS));
  tell();
}

function turn(name) {
  open.toggle(name);
  tell();
}

function tell() {
  const shown = {
    "menu-open": open.contains("menu-open"),
    "panel-open": narrow.matches ? open.contains("panel-open") : !open.contains("no-panel"),
  };
  for (const [name, is] of Object.entries(shown)) BUTTONS[name].setAttribute("aria-expanded", String(is));
}

/** Escape closes the drawer that is open, and its button has the focus; else it closes the thread. */
function onKey(event) {
  if (event.key !== "Escape" || event.defaultPrevented || event.target.matches("textarea, select")) return;
  if (document.querySelector("dialog[open], .menu:popover-open")) return;
  const name = Object.keys(BUTTONS).find((one) => open.contains(one));
  if (name) {
    turn(name);
    BUTTONS[name].focus();
  } else if (ui.thread) closeThread();
}
