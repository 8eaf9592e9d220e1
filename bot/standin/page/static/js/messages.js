// Which messages stand where, oldest first. Ephemeral ones stand among the others, for the one person who sees them.

import { parts, ui } from "./store.js";

/** Every message of a channel that this person sees. */
function all(channel) {
  const found = [];
  for (const [name, message] of parts) {
    const [kind, where, ts] = name.split(":");
    if (where !== channel || (kind !== "message" && kind !== "whisper")) continue;
    if (kind === "message" || !ui.dismissed.has(ts)) found.push(message);
  }
  return found.sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** What the channel itself shows: no replies, unless they were sent to the channel as well. */
export const inChannel = (channel) =>
  all(channel).filter((message) => !isReply(message) || message.subtype === "thread_broadcast");

/** A message and its replies. */
export const inThread = (channel, ts) =>
  all(channel).filter((message) => message.ts === ts || message.thread_ts === ts);
