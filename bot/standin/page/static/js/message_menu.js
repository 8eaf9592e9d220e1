// The tools of a message: react, reply in a thread, and the menu with the app's shortcuts.

import { deed } from "./api.js";
import { confirmed } from "./confirm.js";
import { h } from "./dom.js";
import { emoji, REACTIONS } from "./emoji.js";
import { openMenu } from "./menu.js";
import { isReply } from "./messages.js";
import { goThread } from "./route.js";
import { panel, team } from "./store.js";
import { toast } from "./toasts.js";

export function messageMenu(it, place) {
  const tool = (label, sign, act) =>
    h(
      "button.icon",
      { type: "button", "aria-label": label, title: label, "data-control": `${it.ts} ${label}`, onclick: act },
      sign,
    );
  return h(
    "div.tools",
    { role: "toolbar", "aria-label": "Message" },
    tool("Add reaction", "☺", (event) => openMenu(event.currentTarget, reactionItems(it, place))),
    place.inThread
      ? null
      : tool("Reply in thread", "💬", () => goThread(place.channel, isReply(it) ? it.thread_ts : it.ts)),
    tool("More actions", "⋯", (event) => openMenu(event.currentTarget, menuItems(it, place, event.currentTarget))),
  );
}

function reactionItems(it, place) {
  const react = (name) => () => deed("react", { channel: place.channel, ts: it.ts, name });
  return REACTIONS.map((name) => ({ label: `${emoji(name)}  ${name.replaceAll("_", " ")}`, do: react(name) }));
}

function menuItems(it, place, anchor) {
  const shortcuts = panel()
    .shortcuts.filter((one) => one.kind === "message")
    .map((one) => ({
      label: one.label,
      says: team().app.name,
      do: () => deed("shortcut", { channel: place.channel, ts: it.ts, callback_id: one.callback_id }),
    }));
  const reply = { label: "Reply in thread", do: () => goThread(place.channel, isReply(it) ? it.thread_ts : it.ts) };
  const copy = { label: "Copy text", do: () => copied(it.text ?? "") };
  const own =
    it.user === team().me ? [{ label: "Delete message…", danger: true, do: () => remove(it, place, anchor) }] : [];
  return [...shortcuts, reply, copy, ...own];
}

const copied = (text) =>
  navigator.clipboard.writeText(text).catch(() => toast("This browser does not let the page copy.", "error"));

async function remove(it, place, anchor) {
  const words = (text) => ({ type: "plain_text", text });
  const question = {
    title: words("Delete message"),
    text: words("It is gone for everybody."),
    confirm: words("Delete"),
    deny: words("Cancel"),
    style: "danger",
  };
  if (await confirmed(question, anchor)) await deed("delete", { channel: place.channel, ts: it.ts });
}
