// The app's modals, one above the other. A view that the app updates keeps what was typed in the fields that stay.

import { deed } from "./api.js";
import { blocks } from "./blocks.js";
import { busy } from "./busy.js";
import { dialog, open, shut } from "./dialog.js";
import { h } from "./dom.js";
import { focusable, placeIn } from "./focus.js";
import { faults, showFaults, valuesOf } from "./inputs.js";
import { plainOf } from "./mrkdwn.js";
import { parts } from "./store.js";
import { viewSurface } from "./surface.js";

/** View id → what is shown of it. */
const shown = new Map();

export function drawModals() {
  const stack = parts.get("modals") ?? [];
  const ids = new Set(stack.map((view) => view.id));
  for (const [id, one] of shown) if (!ids.has(id)) remove(id, one);
  for (const view of stack) {
    const one = shown.get(view.id) ?? add(view);
    if (one.hash !== view.hash) fill(one, view);
  }
}

function add(view) {
  const close = () => deed("close", { view_id: view.id });
  const one = { ...dialog(plainOf(view.title), close), close, hash: null, surface: null };
  one.node.classList.add("modal");
  shown.set(view.id, one);
  open(one);
  return one;
}

function remove(id, one) {
  shown.delete(id);
  shut(one);
}

function fill(one, view) {
  const kept = one.surface ? valuesOf(one.surface.fields) : {};
  const scrolled = one.body.scrollTop;
  const held = placeIn(one.body);
  one.hash = view.hash;
  one.surface = viewSurface(view, locally(kept, view));
  one.heading.textContent = plainOf(view.title);
  const form = h(
    "form",
    { novalidate: true, onsubmit: (event) => (event.preventDefault(), submit(one, view)) },
    ...blocks(view.blocks, one.surface),
  );
  one.body.replaceChildren(form);
  one.body.scrollTop = scrolled;
  one.send = view.submit
    ? h("button.control.primary", { type: "button", onclick: () => submit(one, view) }, plainOf(view.submit))
    : null;
  const close = h("button.control", { type: "button", onclick: one.close }, view.close ? plainOf(view.close) : "Close");
  one.foot.replaceChildren(...[close, one.send].filter(Boolean));
  const first = () => focusable(one.body).find((node) => node.matches("input, textarea, select"));
  (held?.() ?? first() ?? close).focus();
}

/** Of what was typed, what this drawing has a field for and the server does not know better. */
function locally(kept, view) {
  const ids = new Set(view.blocks.map((block) => block.block_id));
  return Object.fromEntries(Object.entries(kept).filter(([id]) => ids.has(id)));
}

async function submit(one, view) {
  const found = faults(one.surface.fields);
  showFaults(one.surface.fields, found);
  const send = one.send; // the answer may draw the modal anew, with another button or none
  if (Object.keys(found).length || !send) return;
  const values = valuesOf(one.surface.fields);
  const answer = await busy(send, () => deed("submit", { view_id: view.id, values }));
  if (answer) showFaults(one.surface.fields, answer.errors ?? {});
}
