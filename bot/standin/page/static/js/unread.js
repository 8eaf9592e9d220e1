// How far each person has read each channel and thread. It is forgotten with the window, as nothing depends on it.

import { inChannel, inThread } from "./messages.js";
import { team } from "./store.js";

const read = new Map();
const key = (place) => `${team().me} ${place}`;

/** The ts of the last message that was seen; what was there at the first look counts as seen. */
function seen(place, list) {
  if (!read.has(key(place))) read.set(key(place), list.at(-1)?.ts ?? "0");
  return read.get(key(place));
}

export const markRead = (place, list) => read.set(key(place), list.at(-1)?.ts ?? "0");
export const markThreadRead = (channel, ts) => markRead(`${channel}/${ts}`, inThread(channel, ts));

/** `{ count, calls }`: new messages of others, and how many of them name this person or are meant for them alone. */
export function unread(channel) {
  const list = inChannel(channel.id);
  const last = seen(channel.id, list);
  const fresh = list.filter((one) => one.ts > last && one.user !== team().me);
  const calls = fresh.filter(
    (one) => channel.kind === "im" || one.is_ephemeral || one.text?.includes(`<@${team().me}>`),
  );
  return { count: fresh.length, calls: calls.length };
}

/** The first message of a channel that this person has not seen. */
export function firstNew(channel) {
  const last = read.get(key(channel));
  return last === undefined
    ? null
    : (inChannel(channel).find((one) => one.ts > last && one.user !== team().me)?.ts ?? null);
}

export function threadIsNew(channel, parent) {
  const last = read.get(key(`${channel}/${parent.ts}`)) ?? parent.ts;
  return (
    parent.latest_reply > last && inThread(channel, parent.ts).some((one) => one.ts > last && one.user !== team().me)
  );
}
