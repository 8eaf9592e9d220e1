// Where blocks stand decides what a press does, and who is asked for options: in a message, a modal, the Home tab.

import { deed } from "./api.js";
import { valuesOf } from "./inputs.js";

/** For the blocks of a message. */
export const messageSurface = (channel, message) => ({
  fields: [],
  held: (block, one) => initial(one),
  press: (one, value) => deed("click", { channel, ts: message.ts, action_id: one.action_id, value }),
  suggest: (one, value) => deed("suggest", { channel, ts: message.ts, action_id: one.action_id, value }),
});

/** For a modal or the Home tab. `kept`: what was typed before it was drawn anew, as `valuesOf` gives it. */
export function viewSurface(view, kept = {}) {
  const fields = [];
  const held = (block, one) => {
    const typed = kept[block.block_id]?.[one.action_id];
    if (typed !== undefined) return typed;
    const known = view.state?.values?.[block.block_id]?.[one.action_id];
    return known ? valueIn(known) : initial(one);
  };
  const press = (one, value) => deed("click_in_view", { action_id: one.action_id, value, typed: valuesOf(fields) });
  const suggest = (one, value) => deed("suggest", { action_id: one.action_id, value });
  return { fields, held, press, suggest };
}

/** The value in an element's state, whatever its field is called. */
function valueIn(known) {
  const { type, ...rest } = known;
  return plain(Object.values(rest)[0]);
}

const initial = (one) =>
  plain(
    one.initial_value ??
      one.initial_option ??
      one.initial_options ??
      one.initial_user ??
      one.initial_users ??
      one.initial_channel ??
      one.initial_conversation ??
      one.initial_date ??
      one.initial_time ??
      one.initial_date_time,
  );

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  return value && typeof value === "object" ? value.value : value;
}
