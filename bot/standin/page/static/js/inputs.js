// `input` blocks: label, field, hint, and what is wrong with it. What the client checks is checked here before it is sent.

import { h, newId } from "./dom.js";
import { field, isField } from "./fields.js";
import { textObject, plainOf } from "./mrkdwn.js";
import { press } from "./elements.js";
import { unknown } from "./unknown.js";

export function inputBlock(block, ctx) {
  const one = block.element;
  if (!isField(one)) return unknown("input")(one);
  const id = newId();
  const [hint, error] = [
    h("p.hint", { id: `${id}-hint` }, ...textObject(block.hint)),
    h("p.error", { id: `${id}-error`, hidden: true }),
  ];
  const drawn = field(one, { initial: ctx.held(block, one), id, ask: (typed) => ctx.suggest(one, typed) });
  describe(drawn.node, id, block);
  const input = { block, read: drawn.read, node: drawn.node, show: (says) => show(drawn.node, error, says) };
  ctx.fields.push(input);
  if (block.dispatch_action) drawn.node.addEventListener("change", () => press(drawn.node, one, drawn.read(), ctx));
  drawn.node.addEventListener("input", () => input.show(""));
  return h(
    "div.input",
    h(
      "label",
      { for: id, id: `${id}-label` },
      ...textObject(block.label),
      block.optional ? h("span.optional", " (optional)") : null,
    ),
    drawn.node,
    block.hint ? hint : null,
    error,
  );
}

function describe(node, id, block) {
  node.id = id;
  node.setAttribute("aria-labelledby", `${id}-label`);
  node.setAttribute("aria-describedby", block.hint ? `${id}-hint ${id}-error` : `${id}-error`);
  if (!block.optional) node.setAttribute("aria-required", "true");
}

function show(node, error, says) {
  error.textContent = says;
  error.hidden = !says;
  if (says) node.setAttribute("aria-invalid", "true");
  else node.removeAttribute("aria-invalid");
}

/** Block id → what must be changed before it can be sent. */
export function faults(fields) {
  const found = {};
  for (const { block, read } of fields) {
    const value = read();
    const says = fault(block, value);
    if (says) found[block.block_id] = says;
  }
  return found;
}

function fault(block, value) {
  const { min_length: least = 0, max_length: most = 3000 } = block.element;
  if (value === null || value.length === 0) return block.optional ? "" : `Fill in “${plainOf(block.label)}” first.`;
  if (typeof value !== "string") return "";
  return value.length < least || value.length > most
    ? `${least} to ${most} characters, please: it has ${value.length}.`
    : "";
}

/** As the server takes it: block id → action id → value. */
export const valuesOf = (fields) =>
  Object.fromEntries(fields.map(({ block, read }) => [block.block_id, { [block.element.action_id]: read() }]));

/** Show faults beside their fields, none at the others; the first gets the focus. */
export function showFaults(fields, found) {
  for (const one of fields) one.show(found[one.block.block_id] ?? "");
  fields.find((one) => found[one.block.block_id])?.node.focus();
}
