// Where one types. Enter sends, Shift+Enter makes a line; `/` and `@` offer what can follow. What was not sent is kept.

import { deed } from "./api.js";
import { completion } from "./completion.js";
import { h } from "./dom.js";
import { openMenu } from "./menu.js";
import { changed, panel, team, ui } from "./store.js";
import { toast } from "./toasts.js";

const drafts = new Map();
let wanted = null; // `{ channel, text }` that is to be put into a composer which is not drawn yet
const MOST_ROWS = 12;

export function composer({ channel, thread = null, label }) {
  const name = `${ui.me} ${channel} ${thread ?? ""}`;
  const box = h("textarea", { rows: 1, placeholder: label, "aria-label": label, spellcheck: "false" });
  const send = h("button.control.primary", { type: "button", "aria-label": "Send", title: "Send (Enter)" }, "➤");
  const help = completion(box);
  const grow = () => {
    drafts.set(name, box.value);
    box.rows = Math.min(MOST_ROWS, box.value.split("\n").length);
    send.disabled = !box.value.trim();
  };
  const submit = async () => {
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    grow();
    help.close();
    const answer = await (text.startsWith("/")
      ? command(text, channel, thread)
      : deed("say", { channel, text, thread_ts: thread }));
    if (!answer.ok && !box.value) put(text);
  };
  const put = (text) => {
    box.value = text;
    grow();
    box.focus();
  };
  box.addEventListener("input", () => (grow(), help.look()));
  box.addEventListener("blur", help.close);
  box.addEventListener("keydown", (event) => {
    if (help.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  box.addEventListener("put", (event) => put(event.detail));
  send.addEventListener("click", () => (box.focus(), submit()));
  box.value = drafts.get(name) ?? "";
  grow();
  return h(
    "div.composer",
    { "data-channel": channel },
    help.node,
    h("div.box", box, thread ? null : starters(), send),
    h("p.tip", thread ? "Enter sends · @ mentions" : "Enter sends · Shift+Enter makes a line · / for commands"),
  );
}

/** The app's global shortcuts, where it has any. */
function starters() {
  const found = panel().shortcuts.filter((one) => one.kind === "global");
  if (!found.length) return null;
  const items = found.map((one) => ({
    label: one.label,
    says: team().app.name,
    do: () => deed("global_shortcut", { callback_id: one.callback_id }),
  }));
  const open = (event) => openMenu(event.currentTarget, items);
  const props = { type: "button", "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "menu" };
  return h("button.control.quiet", { ...props, onclick: open }, "⚡");
}

/** Put a text into the composer of the channel that is open, as soon as it is drawn, without sending it. */
export function compose(text) {
  wanted = { channel: ui.place, text };
  changed();
}

/** The channel's composer stands there now. */
export function putWanted() {
  const box = wanted && document.querySelector(`main .composer[data-channel="${wanted.channel}"] textarea`);
  if (!box) return;
  box.dispatchEvent(new CustomEvent("put", { detail: wanted.text }));
  wanted = null;
}

function command(text, channel, thread) {
  const [name] = text.split(/\s/, 1);
  if (!panel().any_command && !panel().commands.some((one) => one.name === name))
    return refuse(`${name} is not a valid command.`);
  if (thread) return refuse(`${name} is not supported in threads, as Slack has it. Mention the app instead.`);
  return deed("command", { channel, command: name, text: text.slice(name.length).trim() });
}

function refuse(says) {
  toast(says, "error");
  return { ok: false };
}
