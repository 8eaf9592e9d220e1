// What this page cannot draw is said where it would stand, never left out.

import { h } from "./dom.js";

/** `unknown("block")` draws anything as an error that names its type. */
export const unknown = (what) => (thing) =>
  h("span.unknown", { role: "note" }, `This page cannot draw the ${what} “${thing?.type ?? "without a type"}”.`);
