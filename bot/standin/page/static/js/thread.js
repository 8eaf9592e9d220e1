// The thread beside the channel; on a narrow screen it covers it.

import { composer } from "./composer.js";
import { h } from "./dom.js";
import { drawFeed, newFeed } from "./feed.js";
import { controlIn, isLost } from "./focus.js";
import { inThread } from "./messages.js";
import { closeThread } from "./route.js";
import { channel, channelName, ui } from "./store.js";
import { markThreadRead } from "./unread.js";

let shown = null;

export function drawThread() {
  const aside = document.getElementById("thread");
  const where = channel(ui.place);
  const open = Boolean(where && ui.thread);
  const opened = open && aside.hidden;
  aside.hidden = !open;
  document.body.classList.toggle("threaded", open);
  if (!open) {
    if (shown && isLost(aside)) leave(shown.thread);
    shown = null;
    return;
  }
  const name = `${ui.me} ${where.id} ${ui.thread}`;
  if (shown?.name !== name) shown = build(aside, where, name);
  drawFeed(shown.feed, name, inThread(where.id, ui.thread), { channel: where.id, inThread: true });
  markThreadRead(where.id, ui.thread);
  if (opened) aside.querySelector("h2").focus({ preventScroll: true });
}

function build(aside, where, name) {
  const feed = newFeed("Thread");
  const close = h("button.icon", { type: "button", "aria-label": "Close thread", onclick: closeThread }, "✕");
  const title = where.kind === "im" ? channelName(where) : `#${channelName(where)}`;
  aside.replaceChildren(
    h("header.place", h("h2", { tabindex: -1 }, "Thread"), h("span.muted", title), h("span.space"), close),
    feed,
    composer({ channel: where.id, thread: ui.thread, label: "Reply…" }),
  );
  return { name, feed, thread: ui.thread };
}

/** The focus goes back to where the thread is opened. */
function leave(thread) {
  const main = document.getElementById("main");
  const names = [`${thread} replies`, `${thread} Reply in thread`];
  const back = names.map((name) => controlIn(main, name)).find(Boolean) ?? main;
  back.focus({ preventScroll: true });
}
