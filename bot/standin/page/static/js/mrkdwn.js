// Slack's mrkdwn as elements. What people and apps wrote comes out as text; only Slack's own marks become more.

import { slackDate } from "./dates.js";
import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { link, mention } from "./marks.js";

const FENCE = /```\n?([\s\S]*?)\n?```/;
const QUOTE = /^&gt; ?/;
const ITEM = /^\s*([•◦▪-]|\d+\.)\s+/;
// Code, marks, emoji, then emphasis: a sign of emphasis stands beside words and not within them.
const INLINE = new RegExp(
  [
    "`([^`\\n]+)`",
    "<([^<>|]+)(?:\\|([^<>]*))?>",
    ":([a-z0-9_+-]+):",
    ...["\\*", "_", "~"].map((sign) => `(?<![\\w${sign}])${sign}(?=\\S)([^\\n]+?)(?<=\\S)${sign}(?![\\w${sign}])`),
  ].join("|"),
);

/** The nodes of a mrkdwn text. */
export function mrkdwn(text) {
  const fence = FENCE.exec(text);
  if (!fence) return lines(text);
  const before = text.slice(0, fence.index).replace(/\n$/, "");
  const after = text.slice(fence.index + fence[0].length).replace(/^\n/, "");
  return [...(before ? lines(before) : []), h("pre", unescape(fence[1])), ...(after ? mrkdwn(after) : [])];
}

/** A text object of Block Kit. */
export function textObject(text) {
  if (!text) return [];
  if (text.type === "mrkdwn") return mrkdwn(text.text);
  return [text.emoji === false ? text.text : withEmoji(text.text)];
}

export const plainOf = (text) => (text ? withEmoji(text.text) : "");

export const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

function lines(text) {
  const found = [];
  let quoted = [];
  for (const line of text.split("\n")) {
    if (QUOTE.test(line)) {
      quoted.push(line.replace(QUOTE, ""));
      continue;
    }
    if (quoted.length) found.push(h("blockquote", ...lines(quoted.join("\n"))));
    quoted = [];
    found.push(drawLine(line));
  }
  if (quoted.length) found.push(h("blockquote", ...lines(quoted.join("\n"))));
  return found;
}

/** Slack has no lists in mrkdwn, but people write them: their lines are indented behind the mark. */
function drawLine(line) {
  const item = ITEM.exec(line);
  if (!item) return h("span.line", ...inline(line));
  return h("span.line.item", h("span", item[1]), " ", h("span", ...inline(line.slice(item[0].length))));
}

function inline(text) {
  const found = INLINE.exec(text);
  if (!found) return text ? [unescape(text)] : [];
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found[0].length);
  return [...(before ? [unescape(before)] : []), drawn(found), ...inline(after)];
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
