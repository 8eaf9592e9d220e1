// What this page cannot draw is said where it would stand, never left out: other apps post what they like.

import { h } from "./dom.js";

/** An entry of a table, and not one that every object has: a type may be called `constructor`. */
export const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

/** `unknown("block")` draws anything as an error that names its type. */
export const unknown = (what) => (thing) =>
  h("span.unknown", { role: "note" }, `This page cannot draw the ${what} “${thing?.type ?? "without a type"}”.`);

/** By the table, or as an error where the table has nothing or the thing has not the shape of its type. */
export function byType(table, what, thing, ...rest) {
  try {
    return (own(table, thing.type) ?? unknown(what))(thing, ...rest);
  } catch {
    return unknown(what)(thing);
  }
}
