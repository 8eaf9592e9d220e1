// A list of messages that keeps to its end while one is there, with a line between days and one above what is new.

import { dateOf, dayOf } from "./dates.js";
import { h } from "./dom.js";
import { reconcile } from "./keyed.js";
import { message } from "./message.js";
import { isReply } from "./messages.js";
import { team } from "./store.js";
import { threadIsNew } from "./unread.js";

const NEAR = 80; // pixels; as good as at the end
const TOGETHER = 300; // seconds; messages of one author within this are drawn as one

export function newFeed(label) {
  const list = h("div.feed", {
    role: "log",
    "aria-live": "polite",
    "aria-relevant": "additions",
    "aria-label": label,
    tabindex: 0,
  });
  list.shown = null;
  list.follows = true;
  list.addEventListener("scroll", () => {
    if (list.scrollTop !== list.put) list.follows = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
  });
  return list;
}

/** Bring the list up to date. `name`: which conversation it is, so that another one starts at its end. */
export function drawFeed(list, name, messages, { channel, inThread = false, newFrom = null }) {
  if (list.shown !== name) list.follows = true;
  const rows = [...withLines(messages, inThread, newFrom)];
  const stamps = (row) => [
    row.it,
    row.line,
    row.joined,
    team(),
    row.it && !inThread ? threadIsNew(channel, row.it) : null,
  ];
  reconcile(
    list,
    rows,
    (row) => `${name} ${row.key}`,
    stamps,
    (row) => (row.it ? message(row.it, { channel, inThread, joined: row.joined }) : row.draw()),
  );
  if (list.follows) follow(list);
  list.shown = name;
}

/** To the end, but not past the beginning of the newest message. */
function follow(list) {
  const newest = list.lastElementChild;
  const end = list.scrollHeight - list.clientHeight;
  list.scrollTop = newest && newest.offsetHeight > list.clientHeight ? newest.offsetTop : end;
  list.put = list.scrollTop;
}

function* withLines(messages, inThread, newFrom) {
  let before = null;
  for (const it of messages) {
    const day = dayOf(dateOf(it.ts));
    const sameDay = before !== null && dayOf(dateOf(before.ts)) === day;
    if (!inThread && !sameDay) yield line(`day ${day}`, day, "day");
    if (it.ts === newFrom) yield line("new", "New", "new");
    yield { key: it.ts, it, joined: sameDay && it.ts !== newFrom && joins(before, it) };
    if (inThread && before === null && !isReply(it)) yield line("replies", counted(it.reply_count), "count");
    before = it;
  }
}

const counted = (count) => (count ? `${count} ${count === 1 ? "reply" : "replies"}` : "No replies yet");

const line = (key, text, kind) => ({
  key,
  line: text,
  draw: () => h(`div.line-${kind}`, { role: "separator", "aria-label": text }, h("span", text)),
});

const joins = (one, other) =>
  one.user === other.user &&
  !one.is_ephemeral &&
  !other.is_ephemeral &&
  !one.reply_count &&
  Number(other.ts) - Number(one.ts) < TOGETHER &&
  !other.blocks?.some((block) => block.type === "header");
