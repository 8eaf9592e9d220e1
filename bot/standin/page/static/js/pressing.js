// Nothing is drawn while a button is held down, with the mouse or the space bar: one that was drawn anew in between
// would not hear of the click.

import { hold } from "./store.js";

const PRESSED = "button, a, label, summary"; // not a menu of the browser's own, which may keep the end of a press

export function startPressing() {
  on("pointerdown", (event) => hold(event.button === 0 && event.target.closest(PRESSED) !== null));
  on("pointerup", () => hold(false));
  on("pointercancel", () => hold(false));
  on("pointermove", (event) => event.buttons || hold(false)); // it was let go outside of the window
  on("keydown", (event) => event.key === " " && hold(event.target.closest(PRESSED) !== null));
  on("keyup", () => hold(false));
  on("blur", () => hold(false)); // so was the key
}

const on = (name, hear) => window.addEventListener(name, hear, { capture: true, passive: true });
