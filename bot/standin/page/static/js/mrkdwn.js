// Slack's mrkdwn as elements. What people and apps wrote comes out as text; only Slack's own marks become more.

import { slackDate } from "./dates.js";
import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { link, mention } from "./marks.js";

const FENCE = /\n?```\n?([\s\S]*?)\n?```\n?/;
const QUOTE = /^&gt; ?/;
const ITEM = /^\s*([•◦▪-]|\d+\.)\s+/;
// Code, marks, emoji, then emphasis: a sign of emphasis stands beside words and not within them. Its reach is bounded,
// or a text full of signs that nothing closes would be searched to its end from each of them.
const INLINE = new RegExp(
  [
    "`([^`\\n]+)`",
    "<([^<>|]+)(?:\\|([^<>]*))?>",
    ":([a-z0-9_+-]+):",
    ...["\\*", "_", "~"].map((sign) => `(?<![\\w${sign}])${sign}(?=\\S)([^\\n]{1,1000}?)(?<=\\S)${sign}(?![\\w${sign}])`),
  ].join("|"),
  "g",
);

/** The nodes of a mrkdwn text. Every second piece between fences is code. */
export const mrkdwn = (text) =>
  text.split(FENCE).flatMap((piece, n) => (n % 2 ? [h("pre", unescape(piece))] : piece ? lines(piece) : []));

/** A text object of Block Kit. */
export function textObject(text) {
  if (!text) return [];
  if (text.type === "mrkdwn") return mrkdwn(text.text);
  return [text.emoji === false ? text.text : withEmoji(text.text)];
}

export const plainOf = (text) => (text ? withEmoji(text.text) : "");

export const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Lines that are quoted stand together; Slack knows no quote within a quote. */
function lines(text) {
  const found = [];
  for (const line of text.split("\n")) {
    const quoted = QUOTE.test(line);
    if (quoted && found.at(-1)?.tagName !== "BLOCKQUOTE") found.push(h("blockquote"));
    if (quoted) found.at(-1).append(drawLine(line.replace(QUOTE, "")));
    else found.push(drawLine(line));
  }
  return found;
}

/** Slack has no lists in mrkdwn, but people write them: their lines are indented behind the mark. */
function drawLine(line) {
  const item = ITEM.exec(line);
  if (!item) return h("span.line", ...inline(line));
  return h("span.line.item", h("span", item[1]), " ", h("span", ...inline(line.slice(item[0].length))));
}

function inline(text) {
  const found = [];
  let end = 0;
  for (const one of text.matchAll(INLINE)) {
    found.push(unescape(text.slice(end, one.index)), drawn(one));
    end = one.index + one[0].length;
  }
  return [...found, unescape(text.slice(end))].filter((piece) => piece !== "");
}

function drawn([, code, target, label, name, bold, italic, strike]) {
  if (code !== undefined) return h("code", unescape(code));
  if (target !== undefined) return marked(unescape(target), label);
  if (name !== undefined) return emoji(name);
  if (bold !== undefined) return h("strong", ...inline(bold));
  return italic !== undefined ? h("em", ...inline(italic)) : h("s", ...inline(strike));
}

/** `<@U…>`, `<#C…>`, `<!here>`, `<!date^…>`, `<https://…|label>`. */
function marked(target, label) {
  const words = label === undefined ? undefined : unescape(label);
  if (target.startsWith("@") || target.startsWith("#")) return mention(target[0], target.slice(1), words);
  if (target.startsWith("!date^")) {
    const [, seconds, pattern, href] = target.split("^");
    const shown = slackDate(seconds, pattern) ?? words ?? "";
    return href ? link(href, shown) : h("time", { datetime: iso(seconds), title: words }, shown);
  }
  if (target.startsWith("!subteam^")) return mention("!", target.slice("!subteam^".length), words);
  if (target.startsWith("!")) return h("span.mention.loud", `@${words ?? target.slice(1)}`);
  return link(target, ...(label ? inline(label) : [target.replace(/^(mailto|tel):/, "")]));
}

function iso(seconds) {
  const at = new Date(Number(seconds) * 1000);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
