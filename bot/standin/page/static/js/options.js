// The options of menus, one below the other or in groups, as the browser's elements have them.

import { h } from "./dom.js";
import { plainOf } from "./mrkdwn.js";

/** `{ value, label }` of each option, `{ label, options }` of each group. */
export const offeredBy = (one) => [
  ...(one.options ?? []).map(asChoice),
  ...(one.option_groups ?? []).map((group) => ({ label: plainOf(group.label), options: group.options.map(asChoice) })),
];

export const choice = (one) =>
  "options" in one
    ? h("optgroup", { label: one.label }, ...one.options.map(choice))
    : h("option", { value: one.value }, one.label);

export const asChoice = (option) => ({ value: option.value, label: plainOf(option.text) });
