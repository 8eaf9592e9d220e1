// What can be filled in: for each element a control of the browser, how its value is read, and how it is set at first.
// Values have the form that the server takes: words, a number's digits, an option's value, a list of them.

import { h } from "./dom.js";
import { lookup } from "./lookup.js";
import { plainOf } from "./mrkdwn.js";
import { choice, offeredBy } from "./options.js";
import { team, channelName } from "./store.js";
import { own } from "./unknown.js";

const text = (type) => (one, it) => {
  const props = {
    type,
    placeholder: plainOf(one.placeholder),
    maxlength: one.max_length,
    minlength: one.min_length,
    autocomplete: "off",
  };
  const node = one.multiline ? h("textarea", { ...props, type: null, rows: 4 }) : h("input", props);
  node.value = it.initial ?? "";
  return { node, read: () => node.value || null };
};

const picked =
  (type, toServer = (value) => value, fromServer = (value) => value) =>
  (one, it) => {
    const node = h("input", { type });
    node.value = it.initial ? fromServer(it.initial) : "";
    return { node, read: () => (node.value ? toServer(node.value) : null) };
  };

const select =
  (optionsOf, several = false) =>
  (one, it) => {
    const options = optionsOf(one);
    const hint = several ? [] : [h("option", { value: "" }, plainOf(one.placeholder) || "Choose …")];
    const node = h("select", { multiple: several }, ...hint, ...options.map(choice));
    for (const option of node.options)
      option.selected = several ? (it.initial ?? []).includes(option.value) : option.value === (it.initial ?? "");
    const chosen = () => [...node.selectedOptions].map((option) => option.value).filter(Boolean);
    return { node, read: () => (several ? chosen() : (chosen()[0] ?? null)) };
  };

const boxes = (type) => (one, it) => {
  const held = [it.initial ?? []].flat();
  const inputs = one.options.map((option) =>
    h("input", { type, name: it.id, value: option.value, checked: held.includes(option.value) }),
  );
  const rows = one.options.map((option, n) =>
    h(
      "label.choice",
      inputs[n],
      h("span", plainOf(option.text), option.description ? h("small", plainOf(option.description)) : null),
    ),
  );
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  const node = h("div.choices", { role: type === "radio" ? "radiogroup" : "group", tabindex: -1 }, ...rows);
  return { node, read: () => (type === "radio" ? (chosen()[0] ?? null) : chosen()) };
};

const FIELDS = {
  plain_text_input: text("text"),
  email_text_input: text("email"),
  url_text_input: text("url"),
  number_input: (one, it) => {
    const drawn = text("text")(one, it);
    drawn.node.inputMode = one.is_decimal_allowed ? "decimal" : "numeric";
    return drawn;
  },
  static_select: select(offeredBy),
  multi_static_select: select(offeredBy, true),
  external_select: lookup(),
  multi_external_select: lookup(true),
  users_select: select(people),
  multi_users_select: select(people, true),
  channels_select: select(channels),
  conversations_select: select(channels),
  multi_channels_select: select(channels, true),
  multi_conversations_select: select(channels, true),
  radio_buttons: boxes("radio"),
  checkboxes: boxes("checkbox"),
  datepicker: picked("date"),
  timepicker: picked("time"),
  datetimepicker: picked("datetime-local", (value) => Math.floor(new Date(value).getTime() / 1000), local),
};

export const isField = (one) => own(FIELDS, one.type) !== undefined;

/**
 * `{ node, read }` of an element. `it`: `initial` is what it holds, `id` names it, `label` is for who listens,
 * `ask(typed)` asks the app for options.
 */
export function field(one, it) {
  const drawn = FIELDS[one.type](one, it);
  if (it.label) drawn.node.setAttribute("aria-label", it.label);
  drawn.node.dataset.action = one.action_id ?? "";
  return drawn;
}

function people() {
  return team()
    .users.filter((one) => !one.bot)
    .map((one) => ({ value: one.id, label: `@${one.name}` }));
}

function channels() {
  return team().channels.map((one) => ({ value: one.id, label: `#${channelName(one)}` }));
}

function local(seconds) {
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
