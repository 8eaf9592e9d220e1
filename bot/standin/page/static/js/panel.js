// Things to try, switches and tables beside the conversation, as the app under test described them.

import { attempt } from "./api.js";
import { busy } from "./busy.js";
import { compose } from "./composer.js";
import { closeDrawers } from "./drawers.js";
import { h } from "./dom.js";
import { go, readAddress } from "./route.js";
import { panel, parts } from "./store.js";
import { sheet } from "./sheet.js";

let shown = null; // the description that is drawn, and what must be brought up to date in it

const ITEMS = {
  trick: (item) => button(item, () => attempt("trick", item.id)),
  paste: (item) =>
    button(item, async () => {
      closeDrawers();
      go(item.channel);
      readAddress(); // the browser tells of a new address some time later
      compose(item.text);
    }),
  switch: (item) => {
    const box = h("input", { type: "checkbox", role: "switch", "data-item": item.id });
    box.addEventListener("change", () => attempt("switch", item.id, box.checked));
    return h("label.switch", box, h("span", item.label, item.says ? h("small", item.says) : null));
  },
};

export function drawPanel() {
  const it = panel();
  const aside = document.getElementById("panel");
  if (shown?.it !== it && JSON.stringify(shown?.it) !== JSON.stringify(it)) shown = build(aside, it);
  for (const box of aside.querySelectorAll("[role=switch]"))
    box.checked = Boolean(parts.get(`switch:${box.dataset.item}`)?.on);
  for (const one of shown.sheets) one.draw(parts.get(`sheet:${one.id}`));
}

function build(aside, it) {
  const sheets = it.sheets.map(sheet);
  const groups = it.groups.map((group) =>
    h("details", { open: true }, h("summary", group.title), ...group.items.map((item) => ITEMS[item.kind](item))),
  );
  aside.replaceChildren(h("h2.hidden", "Things to try"), ...sheets.map((one) => one.node), ...groups);
  const empty = it.groups.length + it.sheets.length === 0;
  document.getElementById("try").hidden = empty;
  document.body.classList.toggle("no-panel", empty);
  return { it, sheets };
}

function button(item, act) {
  const node = h(
    "button.try",
    { type: "button", "data-item": item.id },
    h("strong", item.label),
    item.says ? h("small", item.says) : null,
  );
  node.addEventListener("click", () => busy(node, act));
  return node;
}
