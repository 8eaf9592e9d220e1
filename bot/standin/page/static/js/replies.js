// The line below a message that has a thread: how many replies, of whom, and whether some are new.

import { ago, dateOf } from "./dates.js";
import { h } from "./dom.js";
import { goThread } from "./route.js";
import { user } from "./store.js";
import { threadIsNew } from "./unread.js";

export function replies(it, channel) {
  if (!it.reply_count) return null;
  const who = (it.reply_users ?? []).map((id) => user(id)?.name ?? id).join(", ");
  const count = it.reply_count === 1 ? "1 reply" : `${it.reply_count} replies`;
  const isNew = threadIsNew(channel, it);
  const props = {
    type: "button",
    title: who,
    "data-control": `${it.ts} replies`,
    onclick: () => goThread(channel, it.ts),
  };
  return h(
    isNew ? "button.replies.new" : "button.replies",
    props,
    h("strong", count),
    isNew ? h("span.dot", "new") : null,
    h("span", `Last reply ${ago(dateOf(it.latest_reply))} by ${who}`),
  );
}
