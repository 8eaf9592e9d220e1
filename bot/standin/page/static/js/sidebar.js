// The channels, the conversation with the app, and its Home; bold is unread, a number is meant for this person.

import { h } from "./dom.js";
import { reconcile } from "./keyed.js";
import { channelName, parts, team, ui } from "./store.js";
import { unread } from "./unread.js";

export function drawSidebar() {
  const nav = document.getElementById("sidebar");
  const channels = team()
    .channels.filter((one) => one.kind !== "im")
    .map(row);
  const direct = team()
    .channels.filter((one) => one.kind === "im")
    .map(row);
  const connected = Boolean(parts.get("bot")?.connected);
  const app = { key: "home", href: "#/home", name: `${team().app.name} Home`, sign: "⌂", count: 0, calls: 0 };
  const rows = [
    { key: "h1", title: "Channels" },
    ...channels,
    { key: "h2", title: "Direct messages" },
    ...direct,
    { key: "h3", title: "Apps" },
    app,
    { key: "state", connected },
  ];
  reconcile(
    nav,
    rows,
    (one) => one.key,
    (one) => [one.name, one.count, one.calls, one.key === ui.place, one.connected, ui.online],
    draw,
  );
}

function row(one) {
  const open = one.id === ui.place;
  const { count, calls } = open ? { count: 0, calls: 0 } : unread(one);
  return {
    key: one.id,
    href: `#/${one.id}`,
    name: channelName(one),
    sign: one.kind === "im" ? "●" : one.kind === "private" ? "🔒" : "#",
    count,
    calls,
  };
}

function draw(one) {
  if (one.title) return h("h2", one.title);
  if (one.key === "state") return state(one.connected);
  const props = { href: one.href, "data-place": one.key, "data-control": one.key };
  if (one.key === ui.place) props["aria-current"] = "page";
  const badge = one.calls ? h("span.badge", { "aria-label": `${one.calls} for you` }, one.calls) : null;
  return h(
    one.count ? "a.unread" : "a",
    props,
    h("span.sign", { "aria-hidden": "true" }, one.sign),
    h("span.name", one.name),
    one.count && !badge ? h("span.hidden", ", unread") : null,
    badge,
  );
}

function state(connected) {
  if (!ui.online) return h("p.state.off", { role: "status" }, "The workspace does not answer …");
  return h(
    connected ? "p.state.on" : "p.state.off",
    { role: "status" },
    `${team().app.name} is ${connected ? "connected" : "not connected"}`,
  );
}
