// The question before a press that cannot be taken back. The answer is no until somebody says yes.

import { dialog, open, shut } from "./dialog.js";
import { h } from "./dom.js";
import { plainOf, textObject } from "./mrkdwn.js";

/** Resolves to whether the person confirmed. */
export function confirmed(question) {
  return new Promise((resolve) => {
    const done = (answer) => {
      shut(box);
      resolve(answer);
    };
    const box = dialog(plainOf(question.title), () => done(false));
    box.node.classList.add("confirm");
    box.node.setAttribute("role", "alertdialog");
    box.body.append(...textObject(question.text));
    const yes = h(
      `button.control.${question.style ?? "primary"}`,
      { type: "button", onclick: () => done(true) },
      plainOf(question.confirm),
    );
    const no = h(
      "button.control",
      { type: "button", autofocus: true, onclick: () => done(false) },
      plainOf(question.deny),
    );
    box.foot.append(no, yes);
    open(box);
  });
}
