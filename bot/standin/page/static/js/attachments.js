// Attachments, as Alertmanager, Grafana and others post them: a coloured edge, a title, a text, fields, a footer.

import { blocks } from "./blocks.js";
import { clock, dateOf } from "./dates.js";
import { h } from "./dom.js";
import { link } from "./marks.js";
import { mrkdwn, unescape } from "./mrkdwn.js";
import { own, unknown } from "./unknown.js";

const NAMED = { good: "#2eb67d", warning: "#daa038", danger: "#d9304f" };

export function attachment(one, ctx) {
  try {
    return framed(one, ctx);
  } catch {
    return unknown("attachment")({ type: one?.title ?? one?.fallback });
  }
}

function framed(one, ctx) {
  const node = h("div.attachment", ...(one.blocks ? blocks(one.blocks, ctx) : classic(one)));
  const colour =
    own(NAMED, one.color) ?? (/^#?[0-9a-f]{6}$/i.test(one.color ?? "") ? `#${one.color.replace("#", "")}` : null);
  if (colour) node.style.borderInlineStartColor = colour;
  return one.pretext ? h("div", ...mrkdwn(one.pretext), node) : node;
}

function classic(one) {
  const title =
    one.title && h("div.title", one.title_link ? link(one.title_link, unescape(one.title)) : unescape(one.title));
  const words = one.title || one.text || one.fields?.length ? one.text : one.fallback;
  const foot = [one.footer, one.ts && clock(dateOf(one.ts))].filter(Boolean).join(" · ");
  return [
    one.author_name && h("div.author", one.author_name),
    title,
    words && h("div.words", ...mrkdwn(words)),
    one.fields?.length && h("div.fields", ...one.fields.map(fieldOf)),
    foot && h("div.foot", foot),
  ];
}

const fieldOf = (one) =>
  h(one.short ? "div" : "div.wide", h("strong", one.title), h("div", ...mrkdwn(String(one.value ?? ""))));
