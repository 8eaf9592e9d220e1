// What this person does goes to the server here; what fails is told as a toast, in the words people know from Slack.

import { ui } from "./store.js";
import { toast } from "./toasts.js";

const TOKEN = document.querySelector('meta[name="page-token"]').content;
const WORDS = {
  operation_timeout: "The app did not answer within three seconds. Try again.",
};

/** `deed("say", { channel, text })` → the server's answer. `ok` is false when it failed; then it was told already. */
export const deed = (name, it) => post(`/do/${name}`, { as: ui.me, ...it });

/** Something of the panel. */
export const attempt = (kind, id, on) => post(`/try/${kind}/${id}`, { on });

/** The stream of events of one person. */
export const stream = (user) => new EventSource(`/events?as=${encodeURIComponent(user)}&token=${TOKEN}`);

async function post(path, body) {
  const headers = { "Content-Type": "application/json", "X-Page-Token": TOKEN };
  let answer;
  try {
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    answer = await response.json();
  } catch {
    answer = { ok: false, error: "The workspace does not answer. Is it still running?" };
  }
  if (!answer.ok) toast(WORDS[answer.error] ?? answer.error, "error");
  else if (answer.says) toast(answer.says);
  return answer;
}
