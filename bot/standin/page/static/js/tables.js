// `table` and `data_table`, as tables.

import { h } from "./dom.js";
import { richText } from "./richtext.js";

/** A table may be wider than its place; then it is scrolled, by keys as well. */
export const scrolling = (label, node) => h("div.scroll", { tabindex: 0, role: "region", "aria-label": label }, node);

export function table(block) {
  const settings = block.column_settings ?? [];
  const rows = block.rows.map((row, n) =>
    h("tr", ...row.map((cell, column) => drawn(cell, n === 0 && "col", settings[column]))),
  );
  return scrolling("Table", h("table", h("tbody", ...rows)));
}

export function dataTable(block) {
  const [head, ...body] = block.rows;
  const first = block.row_header_column_index ?? 0;
  const line = (row, isHead) => h("tr", ...row.map((cell, column) => drawn(cell, isHead ? "col" : column === first && "row")));
  return scrolling(
    block.caption,
    h(
      "table",
      h("caption", block.caption),
      h("thead", line(head, true)),
      h("tbody", ...body.map((row) => line(row, false))),
    ),
  );
}

/** `scope`: what it is the head of, if of anything. */
function drawn(cell, scope, setting = {}) {
  const classes = [setting?.align ?? (cell.type === "raw_number" ? "right" : ""), setting?.is_wrapped ? "wrapped" : ""];
  const content = cell.type === "rich_text" ? richText(cell) : String(cell.text ?? cell.value ?? "");
  return h(
    ["td", ...classes]
      .filter(Boolean)
      .join(".")
      .replace(/^td/, scope ? "th" : "td"),
    scope ? { scope } : {},
    content,
  );
}
