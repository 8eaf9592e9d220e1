// `rich_text`: what people type and what some apps post, as a tree. A leaf or element that is unknown is shown as such.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { slackDate } from "./dates.js";
import { link, mention } from "./marks.js";
import { byType } from "./unknown.js";

const ELEMENTS = {
  rich_text_section: (one) => h("span.line", ...run(one)),
  rich_text_preformatted: (one) => h("pre", ...run(one)),
  rich_text_quote: (one) => h("blockquote", ...run(one)),
  rich_text_list: (one) =>
    h(
      `${one.style === "ordered" ? "ol" : "ul"}.indent${Math.min(one.indent ?? 0, 4)}`,
      one.offset ? { start: one.offset + 1 } : {},
      ...one.elements.map((item) => h("li", ...run(item))),
    ),
};

const LEAVES = {
  text: (leaf) => leaf.text,
  link: (leaf) => link(leaf.url, leaf.text || leaf.url),
  user: (leaf) => mention("@", leaf.user_id),
  channel: (leaf) => mention("#", leaf.channel_id),
  usergroup: (leaf) => mention("!", leaf.usergroup_id),
  broadcast: (leaf) => h("span.mention.loud", `@${leaf.range}`),
  emoji: (leaf) => emoji(leaf.name),
  date: (leaf) => slackDate(leaf.timestamp, leaf.format) ?? leaf.fallback ?? "",
  color: (leaf) => leaf.value,
};

const STYLES = { code: "code", bold: "strong", italic: "em", strike: "s" };

export const richText = (block) =>
  h("div.rich", ...block.elements.map((one) => byType(ELEMENTS, "rich text element", one)));

const run = (one) => one.elements.map(leafOf);

function leafOf(leaf) {
  let node = byType(LEAVES, "rich text leaf", leaf);
  for (const [style, tag] of Object.entries(STYLES)) if (leaf.style?.[style]) node = h(tag, node);
  return node;
}
