// Times as people read them: `<!date^…>` in a message, the time beside a name, the line between two days.

import { own } from "./unknown.js";

const SHORT = { month: "short", day: "numeric" };
const LONG = { month: "long", day: "numeric" };
const TOKENS = {
  date_num: (at) => at.toLocaleDateString("sv"),
  date: (at) => format(at, { ...LONG, year: "numeric" }),
  date_short: (at) => format(at, { ...SHORT, year: "numeric" }),
  date_long: (at) => format(at, { ...LONG, year: "numeric", weekday: "long" }),
  date_pretty: (at) => pretty(at, { ...LONG, year: "numeric" }),
  date_short_pretty: (at) => pretty(at, { ...SHORT, year: "numeric" }),
  date_long_pretty: (at) => pretty(at, { ...LONG, year: "numeric", weekday: "long" }),
  time: (at) => clock(at),
  time_secs: (at) => format(at, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
  ago: (at) => ago(at),
};

/** `{date_short_pretty} {time}` of a moment in seconds since 1970; null when a token is none of Slack's. */
export function slackDate(seconds, pattern) {
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return null;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, token) => {
    known &&= own(TOKENS, token) !== undefined;
    return known ? TOKENS[token](at) : whole;
  });
  return known ? text : null;
}

export const dateOf = (ts) => new Date(Number(ts) * 1000);
export const clock = (at) => format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const dayOf = (at) => pretty(at, { weekday: "long", ...LONG }, "Today", "Yesterday");
export const whole = (at) => `${format(at, { ...LONG, year: "numeric" })}, ${TOKENS.time_secs(at)}`;

export function ago(at) {
  const seconds = Math.max(0, (Date.now() - at.getTime()) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h ago` : format(at, SHORT);
}

const format = (at, how) => new Intl.DateTimeFormat("en", how).format(at);

function pretty(at, how, today = "today", yesterday = "yesterday") {
  const days = Math.round((midnight(new Date()) - midnight(at)) / 86_400_000);
  return { 0: today, 1: yesterday, "-1": "tomorrow" }[days] ?? format(at, how);
}

const midnight = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate());
