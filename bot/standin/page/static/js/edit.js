// A person's own message is changed: in a window, with what they had typed in it.

import { deed } from "./api.js";
import { busy } from "./busy.js";
import { dialog, open, shut } from "./dialog.js";
import { h } from "./dom.js";
import { typed } from "./typed.js";

const ROWS = 8;

export function edit(it, channel) {
  const close = () => shut(box);
  const box = dialog("Edit message", close);
  const text = h("textarea", { rows: ROWS, "aria-label": "Message", spellcheck: "false" });
  text.value = typed(it.text);
  const save = async () => {
    if (!text.value.trim()) return;
    const answer = await busy(button, () => deed("edit", { channel, ts: it.ts, text: text.value.trim() }));
    if (answer?.ok) close();
  };
  const button = h("button.control.primary", { type: "button", onclick: save }, "Save");
  box.body.append(h("div.input", text));
  box.foot.append(h("button.control", { type: "button", onclick: close }, "Cancel"), button);
  open(box);
  text.focus();
}
