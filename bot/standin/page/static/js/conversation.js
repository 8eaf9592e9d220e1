// The middle of the page: a channel with its messages and composer, or the app's Home tab.

import { composer, putWanted } from "./composer.js";
import { h } from "./dom.js";
import { drawFeed, newFeed } from "./feed.js";
import { drawHome } from "./home.js";
import { openMenu } from "./menu.js";
import { inChannel } from "./messages.js";
import { mrkdwn } from "./mrkdwn.js";
import { goThread } from "./route.js";
import { channel, channelName, team, ui, user } from "./store.js";
import { firstNew, markRead } from "./unread.js";

let shown = null; // `{ name, feed, newFrom }` of what stands there

export function drawConversation() {
  const main = document.getElementById("main");
  const name = `${ui.me} ${ui.place}`;
  if (ui.place === "home") {
    drawHome(main, shown?.name !== name);
    shown = { name };
    return;
  }
  const where = channel(ui.place);
  if (!where) return;
  if (shown?.name !== name) shown = build(main, where, name);
  const messages = inChannel(where.id);
  drawFeed(shown.feed, name, messages, { channel: where.id, newFrom: shown.newFrom });
  drawThreads(
    shown.threads,
    messages.filter((one) => one.reply_count),
  );
  putWanted();
  if (document.visibilityState === "visible") markRead(where.id, messages);
}

/** In a flood of messages, those that have a thread are found here. */
function drawThreads(button, messages) {
  button.hidden = messages.length === 0;
  button.textContent = messages.length === 1 ? "1 thread" : `${messages.length} threads`;
  button.messages = messages;
}

function listThreads(event) {
  openMenu(
    event.currentTarget,
    event.currentTarget.messages.map((one) => ({
      label: `${user(one.user)?.name ?? "app"}: ${opening(one)}`,
      says: String(one.reply_count),
      do: () => goThread(ui.place, one.ts),
    })),
  );
}

/** How a message begins, as it is read: without the marks of fences and emphasis. */
const opening = (one) =>
  mrkdwn(one.text || one.attachments?.[0]?.fallback || "…")
    .map((node) => node.textContent)
    .join(" ")
    .slice(0, 60);

/** Back in the window: what came meanwhile is marked, and is read from now on. */
export function lookAgain() {
  if (!shown?.feed || document.visibilityState !== "visible") return;
  shown.newFrom = firstNew(ui.place);
  drawConversation();
}

function build(main, where, name) {
  const title = where.kind === "im" ? channelName(where) : `# ${channelName(where)}`;
  const feed = newFeed(title);
  const threads = h("button.link", { type: "button", "aria-haspopup": "menu", hidden: true, onclick: listThreads });
  const says = where.kind === "im" ? "Direct message with the app" : where.kind === "private" ? "Private channel" : "";
  main.replaceChildren(
    h("header.place", h("h1", title), h("span.muted", says), h("span.space"), threads),
    feed,
    composer({ channel: where.id, label: `Message ${title.replace("# ", "#")}` }),
  );
  document.title = `${title} · ${team().name}`;
  return { name, feed, threads, newFrom: firstNew(where.id) };
}
