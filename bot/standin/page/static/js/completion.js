// What can follow while one types: commands behind `/`, their examples, and people behind `@`.

import { h, newId } from "./dom.js";
import { panel, team } from "./store.js";

const MOST = 8;

/** For one text box: `node` is the list, `look()` after each input, `key(event)` says whether it took the key. */
export function completion(box) {
  const id = newId();
  const node = h("ul.completion", { role: "listbox", id, "aria-label": "Suggestions", hidden: true });
  let offers = [];
  let at = 0; // −1: none is chosen yet, so that Enter sends what was typed
  box.setAttribute("aria-controls", id);
  box.setAttribute("aria-autocomplete", "list");

  function look() {
    offers = offered(box.value, box.selectionStart).slice(0, MOST);
    at = offers.some((offer) => offer.isExample) ? -1 : 0;
    draw();
  }

  function draw() {
    node.hidden = offers.length === 0;
    node.replaceChildren(
      ...offers.map((offer, n) => {
        const take = (event) => (event.preventDefault(), pick(offer));
        return h(
          "li",
          { role: "option", id: `${id}-${n}`, "aria-selected": String(n === at), onmousedown: take },
          h("strong", offer.label),
          offer.says ? h("span", offer.says) : null,
        );
      }),
    );
    if (at in offers) box.setAttribute("aria-activedescendant", `${id}-${at}`);
    else box.removeAttribute("aria-activedescendant");
  }

  function close() {
    offers = [];
    draw();
  }

  function pick(offer) {
    box.setRangeText(offer.text, offer.from, box.selectionStart, "end");
    box.dispatchEvent(new Event("input"));
    if (!offer.text.endsWith(" ")) close();
  }

  function key(event) {
    if (!offers.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const whole = !(at in offers) || offers[at].text.trim() === box.value.trim();
    if (step) at = at < 0 && step < 0 ? offers.length - 1 : (at + step + offers.length) % offers.length;
    else if (event.key === "Enter" && !whole && !event.shiftKey) pick(offers[at]);
    else if (event.key === "Tab" && !event.shiftKey) pick(offers[Math.max(0, at)]);
    else if (event.key === "Escape") close();
    else return false;
    event.preventDefault();
    if (step) draw();
    return true;
  }

  return { node, look, close, key };
}

/** `{ label, says, text, from }`: what would be put from place `from` on. */
function offered(value, end) {
  const before = value.slice(0, end);
  if (before.startsWith("/")) return commands(before);
  const mention = /(?:^|\s)@([\w.-]*)$/.exec(before);
  if (!mention) return [];
  const from = end - mention[1].length - 1;
  const found = team().users.filter((one) => one.name.toLowerCase().startsWith(mention[1].toLowerCase()));
  return found.map((one) => ({ label: `@${one.name}`, says: one.bot ? "app" : "", text: `@${one.name} `, from }));
}

function commands(before) {
  const found = panel().commands.filter((one) => one.name.startsWith(before));
  if (found.length) return found.map((one) => ({ label: one.name, says: one.says, text: `${one.name} `, from: 0 }));
  const examples = panel().commands.flatMap((one) => one.examples);
  return examples
    .filter(([text]) => text.startsWith(before) && text !== before)
    .map(([text, says]) => ({ label: text, says, text, from: 0, isExample: true }));
}
