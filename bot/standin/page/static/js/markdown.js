// The `markdown` block, which language models write: as elements. What is none of its marks stays as it is written.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { link } from "./marks.js";
import { scrolling } from "./tables.js";

const FENCE = /^\s*```/;
const QUOTE = /^> ?/;
const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+/;
const INNER = /^(?:\t| {2,4})/;
const RULE = /^\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?$/;
const INLINE = new RegExp(
  [
    "`([^`\\n]+)`",
    "!?\\[([^\\]\\n]*)\\]\\(([^()\\s]+)\\)",
    "\\*\\*(?=\\S)([^\\n]+?)(?<=\\S)\\*\\*",
    "~~(?=\\S)([^\\n]+?)(?<=\\S)~~",
    "(?<![\\w*])\\*(?=\\S)([^*\\n]+)(?<=\\S)\\*(?!\\w)",
    "(?<!\\w)_(?=\\S)([^_\\n]+)(?<=\\S)_(?!\\w)",
    ":([a-z0-9_+-]+):",
  ].join("|"),
  "g",
);

// What a line begins → how it, and what belongs to it, is taken from the lines; the first that fits.
const KINDS = [
  [(lines) => FENCE.test(lines[0]), fence],
  [(lines) => /^#{1,6}\s/.test(lines[0]), heading],
  [(lines) => /^\s*([-*_])(?:\s*\1){2,}\s*$/.test(lines[0]), (lines) => (lines.shift(), h("hr"))],
  [(lines) => QUOTE.test(lines[0]), quote],
  [(lines) => ITEM.test(lines[0]), list],
  [(lines) => lines[0].includes("|") && RULE.test(lines[1] ?? ""), table],
  [(lines) => !lines[0].trim(), (lines) => (lines.shift(), null)],
  [() => true, (lines) => h("span.line", ...inline(lines.shift()))],
];

export const markdown = (block) => h("div.rich", ...drawn(block.text.split("\n")));

function drawn(lines) {
  const found = [];
  while (lines.length) found.push(KINDS.find(([fits]) => fits(lines))[1](lines));
  return found;
}

/** The lines at the beginning that fit are taken away, and given. */
function taken(lines, fits) {
  const end = lines.findIndex((line) => !fits(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

function fence(lines) {
  lines.shift();
  const code = taken(lines, (line) => !FENCE.test(line));
  lines.shift();
  return h("pre", code.join("\n"));
}

function heading(lines) {
  const [, signs, words] = /^(#+)\s+(.*)$/.exec(lines.shift());
  return h(signs.length < 3 ? "h3" : "h4", ...inline(words));
}

function quote(lines) {
  const quoted = taken(lines, (line) => QUOTE.test(line));
  return h("blockquote", ...drawn(quoted.map((line) => line.replace(QUOTE, ""))));
}

function list(lines) {
  const number = ITEM.exec(lines[0])[1];
  const items = [];
  while (lines.length && ITEM.test(lines[0]) && Boolean(ITEM.exec(lines[0])[1]) === Boolean(number)) {
    const words = lines.shift().replace(ITEM, "");
    const inner = taken(lines, (line) => INNER.test(line)).map((line) => line.replace(INNER, ""));
    items.push(h("li", ...inline(words), ...drawn(inner)));
  }
  return number ? h("ol", { start: number }, ...items) : h("ul", ...items);
}

function table(lines) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|");
  const head = cells(lines.shift());
  lines.shift();
  const rows = taken(lines, (line) => line.includes("|")).map(cells);
  const row = (name) => (line) => h("tr", ...line.map((cell) => h(name, ...inline(cell.trim()))));
  return scrolling("Table", h("table", h("thead", row("th")(head)), h("tbody", ...rows.map(row("td")))));
}

function inline(text) {
  const found = [];
  let end = 0;
  for (const one of text.matchAll(INLINE)) {
    found.push(text.slice(end, one.index), marked(one));
    end = one.index + one[0].length;
  }
  return [...found, text.slice(end)].filter((piece) => piece !== "");
}

function marked([, code, label, target, bold, gone, slanted, leaning, name]) {
  if (code !== undefined) return h("code", code);
  if (target !== undefined) return link(target, ...(label ? inline(label) : [target]));
  if (bold !== undefined) return h("strong", ...inline(bold));
  if (gone !== undefined) return h("s", ...inline(gone));
  if (name !== undefined) return emoji(name);
  return h("em", ...inline(slanted ?? leaning));
}
