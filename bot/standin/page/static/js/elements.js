// What can be pressed or chosen outside of a form. A press asks first when it must, and shows that it is on its way.

import { confirmed } from "./confirm.js";
import { h } from "./dom.js";
import { field, isField } from "./fields.js";
import { openMenu } from "./menu.js";
import { plainOf, textObject } from "./mrkdwn.js";
import { byType } from "./unknown.js";

const ELEMENTS = {
  button,
  icon_button: button,
  workflow_button: button,
  overflow,
  feedback_buttons: feedback,
  image: (one) => h("span.picture", { role: "img", "aria-label": one.alt_text }, one.alt_text),
};

export function element(one, block, ctx) {
  return isField(one) ? chosen(one, block, ctx) : byType(ELEMENTS, "element", one, block, ctx);
}

/** `data-control` finds a control again after its message was drawn anew. */
const control = (one, block, value) => `${block.block_id} ${one.action_id} ${value ?? ""}`;

function button(one, block, ctx) {
  const props = {
    type: "button",
    "aria-label": one.accessibility_label,
    "data-action": one.action_id,
    "data-control": control(one, block, one.value),
    onclick: (event) => press(event.currentTarget, one, one.value, ctx),
  };
  const name = one.style ? `button.control.${one.style}` : "button.control";
  if (!one.url) return h(name, props, ...textObject(one.text));
  const leads = /^https?:/.test(one.url) ? { href: one.url, target: "_blank", rel: "noopener noreferrer" } : {};
  const { type, ...rest } = props;
  return h(name.replace("button", "a"), { ...rest, ...leads }, ...textObject(one.text));
}

function overflow(one, block, ctx) {
  const open = (event) => {
    const anchor = event.currentTarget;
    const pick = (option) => () => press(anchor, one, option.value, ctx);
    openMenu(
      anchor,
      one.options.map((option) => ({
        label: plainOf(option.text),
        says: plainOf(option.description),
        do: pick(option),
      })),
    );
  };
  const props = { "data-action": one.action_id, "data-control": control(one, block, ""), "aria-haspopup": "menu" };
  return h("button.control.more", { type: "button", "aria-label": "More", onclick: open, ...props }, "⋯");
}

function feedback(one, block, ctx) {
  const side = (which, sign) => {
    const props = { type: "button", "data-action": one.action_id, "data-control": control(one, block, which.value) };
    const label = which.accessibility_label;
    return h(
      "button.control.quiet",
      { ...props, "aria-label": label, onclick: (event) => press(event.currentTarget, one, which.value, ctx) },
      h("span", { "aria-hidden": "true" }, sign),
      " ",
      ...textObject(which.text),
    );
  };
  return h("span.feedback", side(one.positive_button, "👍"), side(one.negative_button, "👎"));
}

/** A menu in a message or a section acts as soon as something is chosen. */
function chosen(one, block, ctx) {
  const label = plainOf(one.placeholder) || "Choose";
  const drawn = field(one, { initial: ctx.held(block, one), label, ask: (typed) => ctx.suggest(one, typed) });
  drawn.node.addEventListener("change", () => press(drawn.node, one, drawn.read(), ctx));
  return drawn.node;
}

export async function press(node, one, value, ctx) {
  if (one.confirm && !(await confirmed(one.confirm, node))) return;
  node.setAttribute("aria-busy", "true");
  const answer = await ctx.press(one, value);
  node.removeAttribute("aria-busy");
  node.classList.toggle("failed", !answer.ok);
}
