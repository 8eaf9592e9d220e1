// Block Kit: a renderer a block. `ctx` says what a press does, and collects the fields of a form; see `surface.js`.

import { chart } from "./chart.js";
import { h } from "./dom.js";
import { element } from "./elements.js";
import { inputBlock } from "./inputs.js";
import { markdown } from "./markdown.js";
import { textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";
import { byType } from "./unknown.js";

const BLOCKS = {
  header: (block, ctx) => h(`h${ctx.level}`, ...textObject(block.text)),
  divider: () => h("hr"),
  section: (block, ctx) =>
    h(
      "div.section",
      h("div.words", ...textObject(block.text), fields(block)),
      block.accessory ? h("div.accessory", element(block.accessory, block, ctx)) : null,
    ),
  context: (block, ctx) => h("div.context", ...block.elements.map((one) => small(one, block, ctx))),
  actions: (block, ctx) => h("div.actions", ...block.elements.map((one) => element(one, block, ctx))),
  context_actions: (block, ctx) => h("div.actions.light", ...block.elements.map((one) => element(one, block, ctx))),
  input: inputBlock,
  rich_text: richText,
  markdown,
  image: (block) => h("figure", picture(block), h("figcaption", ...textObject(block.title))),
  table,
  data_table: dataTable,
  data_visualization: chart,
  alert: (block) => h(`div.alert.${block.level ?? "default"}`, { role: "note" }, ...textObject(block.text)),
};

/** The elements of blocks, in order. */
export const blocks = (list, ctx) =>
  list.map((block) =>
    h("div.block", { "data-block": block.block_id, "data-type": block.type }, byType(BLOCKS, "block", block, ctx)),
  );

function fields(block) {
  if (!block.fields?.length) return null;
  return h("div.fields", ...block.fields.map((field) => h("div", ...textObject(field))));
}

function small(one, block, ctx) {
  return one.type === "image" ? element(one, block, ctx) : h("span", ...textObject(one));
}

/** Nothing is fetched from elsewhere, so a picture is its description. */
const picture = (block) => h("span.picture", { role: "img", "aria-label": block.alt_text }, block.alt_text);
