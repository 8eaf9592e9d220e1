// A table of the panel that is read again and again.

import { h } from "./dom.js";

/** `{ id, node, draw(state) }`. */
export function sheet({ id, title, columns }) {
  const note = h("p.note");
  const body = h("tbody");
  const table = h("table", h("thead", h("tr", ...columns.map((name) => h("th", { scope: "col" }, name)))), body);
  const node = h("details.sheet", { open: true, "data-sheet": id }, h("summary", title), note, table);
  let last = null;
  const draw = (state) => {
    if (!state || state === last) return;
    last = state;
    note.textContent = state.note;
    table.hidden = state.rows.length === 0;
    body.replaceChildren(
      ...state.rows.map((row) => h("tr", ...row.map((cell) => h("td", { "data-says": cell }, cell)))),
    );
  };
  return { id, node, draw };
}
