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

/** `place`: `channel` is where it stands, `inThread` whether in the panel of its thread, `joined` below one of the same author. */
export function message(it, place) {
  const at = dateOf(it.ts);
  const author = user(it.user);
  const name = author?.name ?? it.username ?? team().app.name;
  const ctx = messageSurface(place.channel, it);
  const label = `${name}, ${clock(at)}${it.is_ephemeral ? ", only visible to you" : ""}`;
  return h(["article", it.is_ephemeral && "whisper", place.joined && "joined"].filter(Boolean).join("."), { "data-ts": it.ts, "aria-label": label },
    it.is_ephemeral ? whisperMark(it) : null,
    h("div.avatar", { "aria-hidden": "true", "data-hue": hue(name) }, author?.bot === false ? name[0].toUpperCase() : "⚙"),
    h("div.content", {},
      h("div.by", {}, h("strong", {}, name), author?.bot ? h("span.tag", {}, "app") : null,
        h("time", { datetime: at.toISOString(), title: whole(at) }, clock(at))),
      it.subtype === "thread_broadcast" ? h("div.broadcast", {}, "replied to a thread") : null,
      h("div.body", {}, ...content(it, ctx)),
      it.edited && author?.bot === false ? h("small.edited", {}, "(edited)") : null,
      it.reactions?.length ? reactions(it, place) : null,
      place.inThread || it.is_ephemeral ? null : replies(it, place.channel)),
    it.is_ephemeral ? null : messageMenu(it, place));
}

function content(it, ctx) {
  const words = it.blocks?.length ? blocks(it.blocks, ctx) : it.text ? [h("div.block", {}, ...mrkdwn(it.text))] : [];
  return [...words, ...(it.attachments ?? []).map((one) => attachment(one, ctx)), ...(it.files ?? []).map(file)];
}

const file = (one) =>
  h("figure.file", {}, h("figcaption", {}, `📄 ${one.title ?? one.name}`), one.preview ? h("pre", {}, one.preview) : null);

function whisperMark(it) {
  const dismiss = () => {
    ui.dismissed.add(it.ts);
    changed();
  };
  return h("div.only", {}, "👁 Only visible to you ", h("button.link", { type: "button", onclick: dismiss }, "Dismiss"));
}

function reactions(it, place) {
  return h("div.reactions", {}, ...it.reactions.map((one) => {
    const mine = one.users.includes(team().me);
    const who = one.users.map((id) => user(id)?.name ?? id).join(", ");
    const add = () => deed("react", { channel: place.channel, ts: it.ts, name: one.name });
    return h(mine ? "button.reaction.mine" : "button.reaction",
      { type: "button", title: `${who} reacted with :${one.name}:`, "aria-label": `${one.name}, ${one.count}: ${who}`, onclick: mine ? null : add },
      emoji(one.name), " ", one.count);
  }));
}

/** One of six colours for a name. */
const hue = (name) => [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
