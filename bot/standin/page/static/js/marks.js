// Links and mentions. A link to a message of this workspace leads to it on this page; others open beside it.

import { h } from "./dom.js";
import { channel, channelName, team, user } from "./store.js";

const SAFE = /^(https?:\/\/|mailto:|tel:)/i;
const PERMALINK = /^https:\/\/[\w-]+\.slack\.com\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?/;

/** A link; what is no address that is safe to open stays text. */
export function link(target, ...label) {
  if (!SAFE.test(target)) return h("span", ...label);
  const inside = PERMALINK.exec(target);
  if (!inside) return h("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, ...label);
  const [, where, seconds, rest, thread] = inside;
  return h("a", { href: `#/${where}/${thread ?? `${seconds}.${rest}`}` }, ...label);
}

/** `@ana`, `#support`, `@oncall`; a name that is not known here stays an id. */
export function mention(sign, id, label) {
  if (sign === "#") {
    const found = channel(id);
    const name = `#${found ? channelName(found) : (label ?? id)}`;
    return found ? h("a.mention", { href: `#/${id}` }, name) : h("span.mention", name);
  }
  const group = team().groups.find((one) => one.id === id);
  const name = sign === "!" ? (group?.handle ?? label ?? id) : (user(id)?.name ?? label ?? id);
  return h(id === team().me ? "span.mention.me" : "span.mention", {}, `@${name}`);
}
