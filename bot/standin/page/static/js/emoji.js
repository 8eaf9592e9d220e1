// The emoji that messages name; a name that is not here stays as it is written, as Slack leaves it too.

import { own } from "./unknown.js";

const EMOJI = {
  "+1": "👍",
  "-1": "👎",
  alarm_clock: "⏰",
  arrow_right: "➡️",
  arrows_counterclockwise: "🔄",
  bar_chart: "📊",
  bell: "🔔",
  boom: "💥",
  calendar: "📅",
  checkered_flag: "🏁",
  chart_with_upwards_trend: "📈",
  construction: "🚧",
  double_vertical_bar: "⏸️",
  eyes: "👀",
  fire: "🔥",
  hand: "✋",
  heart: "❤️",
  heavy_check_mark: "✔️",
  hourglass: "⌛",
  hourglass_flowing_sand: "⏳",
  information_source: "ℹ️",
  large_blue_circle: "🔵",
  large_green_circle: "🟢",
  large_orange_circle: "🟠",
  large_yellow_circle: "🟡",
  leftwards_arrow_with_hook: "↩️",
  link: "🔗",
  lock: "🔒",
  mag: "🔍",
  memo: "📝",
  mute: "🔇",
  no_bell: "🔕",
  no_entry: "⛔",
  no_entry_sign: "🚫",
  octagonal_sign: "🛑",
  pause_button: "⏸️",
  pencil: "📝",
  question: "❓",
  red_circle: "🔴",
  repeat: "🔁",
  rocket: "🚀",
  rotating_light: "🚨",
  speech_balloon: "💬",
  stopwatch: "⏱️",
  tada: "🎉",
  thumbsdown: "👎",
  thumbsup: "👍",
  twisted_rightwards_arrows: "🔀",
  warning: "⚠️",
  wave: "👋",
  white_check_mark: "✅",
  white_circle: "⚪",
  wrench: "🔧",
  x: "❌",
  zzz: "💤",
};

/** What one can react with, most used first. */
export const REACTIONS = ["thumbsup", "eyes", "white_check_mark", "tada", "heart", "question"];

export const emoji = (name) => own(EMOJI, name) ?? `:${name}:`;

/** Every `:name:` in a text. */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => own(EMOJI, name) ?? whole);
