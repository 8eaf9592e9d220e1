// Short notices that go by themselves; errors stay longer, and until they are dismissed when they are pointed at.

import { h } from "./dom.js";

const SECONDS = { info: 5, error: 12 };
const MOST = 3;

const place = document.getElementById("toasts");

export function toast(text, kind = "info") {
  const close = h("button.icon", { type: "button", "aria-label": "Dismiss", onclick: () => notice.remove() }, "✕");
  const notice = h(`div.toast.${kind}`, kind === "error" ? { role: "alert" } : {}, h("span", text), close);
  place.append(notice);
  while (place.children.length > MOST) place.firstChild.remove();
  let timer = later();
  notice.addEventListener("mouseenter", () => clearTimeout(timer));
  notice.addEventListener("mouseleave", () => (timer = later()));

  function later() {
    return setTimeout(() => notice.remove(), SECONDS[kind] * 1000);
  }
}

/** Below a modal everything is dimmed, and nothing is read aloud: notices stand in the topmost one. */
export function lift() {
  const top = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (place.parentNode !== top) top.append(place);
}
