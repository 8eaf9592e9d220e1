// One message: who, when, what, reactions, replies; and what one can do with it.

import { deed } from "./api.js";
import { attachment } from "./attachments.js";
import { blocks } from "./blocks.js";
import { clock, dateOf, whole } from "./dates.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { messageMenu } from "./message_menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { replies } from "./replies.js";
import { changed, team, ui, user } from "./store.js";
import { messageSurface } from "./surface.js";
import { unknown } from "./unknown.js";

/**
 * `place`: `channel` is where it stands, `inThread` whether in the panel of its thread, `joined` whether it is drawn
 * below one of the same author, as one with it.
 */
export function message(it, place) {
  if (it.subtype === "tombstone") return tombstone(it, place);
  const who = author(it);
  const classes = ["article", it.is_ephemeral && "whisper", place.joined && "joined"].filter(Boolean).join(".");
  const label = `${who.name}, ${clock(dateOf(it.ts))}${it.is_ephemeral ? ", only visible to you" : ""}`;
  const words = h("div.content", byline(it, who), h("div.body", ...content(it, place)), ...below(it, who, place));
  if (it.is_ephemeral)
    return h(classes, { "data-ts": it.ts, "aria-label": label }, whisperMark(it), avatar(who), words);
  return h(classes, { "data-ts": it.ts, "aria-label": label }, avatar(who), words, messageMenu(it, place));
}

/** What is left of a deleted message that has replies: nobody wrote it, and nothing can be done with it. */
const tombstone = (it, place) =>
  h(
    "article.gone",
    { "data-ts": it.ts, "aria-label": it.text },
    h("div.avatar", { "aria-hidden": "true" }, "🗑"),
    h("div.content", h("div.body", it.text), place.inThread ? null : replies(it, place.channel)),
  );

/** An app that is not among the users has posted through the app's own webhook. */
function author(it) {
  const found = user(it.user);
  return { name: found?.name ?? it.username ?? team().app.name, isApp: found?.bot !== false };
}

const avatar = ({ name, isApp }) =>
  h("div.avatar", { "aria-hidden": "true", "data-hue": hue(name) }, isApp ? "⚙" : [...name][0].toUpperCase());

function byline(it, { name, isApp }) {
  const at = dateOf(it.ts);
  const time = h("time", { datetime: at.toISOString(), title: whole(at) }, clock(at));
  return h("div.by", h("strong", name), isApp ? h("span.tag", "app") : null, time);
}

function* below(it, { isApp }, place) {
  if (it.edited && !isApp) yield h("small.edited", "(edited)");
  if (it.reactions?.length) yield reactions(it, place);
  if (!place.inThread && !it.is_ephemeral) yield replies(it, place.channel);
}

/** A message that cannot be drawn is said to be one: it must not take the others with it. */
function content(it, place) {
  try {
    return drawn(it, place);
  } catch {
    return [unknown("message")({ type: it.subtype ?? it.type })];
  }
}

function drawn(it, place) {
  const ctx = messageSurface(place.channel, it);
  const words = it.blocks?.length ? blocks(it.blocks, ctx) : it.text ? [h("div.block", ...mrkdwn(it.text))] : [];
  const mark = it.subtype === "thread_broadcast" ? [h("div.broadcast", "replied to a thread")] : [];
  return [
    ...mark,
    ...words,
    ...(it.attachments ?? []).map((one) => attachment(one, ctx)),
    ...(it.files ?? []).map(file),
  ];
}

const file = (one) =>
  h("figure.file", h("figcaption", `📄 ${one.title ?? one.name}`), one.preview ? h("pre", one.preview) : null);

function whisperMark(it) {
  const dismiss = () => {
    ui.dismissed.add(it.ts);
    changed();
  };
  return h("div.only", "👁 Only visible to you ", h("button.link", { type: "button", onclick: dismiss }, "Dismiss"));
}

function reactions(it, place) {
  return h(
    "div.reactions",
    ...it.reactions.map((one) => {
      const mine = one.users.includes(team().me);
      const who = one.users.map((id) => user(id)?.name ?? id).join(", ");
      const add = () => deed("react", { channel: place.channel, ts: it.ts, name: one.name });
      return h(
        mine ? "button.reaction.mine" : "button.reaction",
        {
          type: "button",
          title: `${who} reacted with :${one.name}:`,
          "aria-label": `${one.name}, ${one.count}: ${who}`,
          onclick: mine ? null : add,
        },
        emoji(one.name),
        " ",
        one.count,
      );
    }),
  );
}

/** One of six colours for a name. */
const hue = (name) => [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
