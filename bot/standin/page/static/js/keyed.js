// Lists are brought up to date without drawing anew what stayed: focus, selection and scrolling survive an update.

import { controlIn } from "./focus.js";

const drawn = new WeakMap();

/**
 * Make `parent` hold one child an item, in order. `key` names an item; `stamps` are what its drawing depends on: when
 * all of them are the same as before, the element stays. `draw(item)` makes it.
 */
export function reconcile(parent, items, key, stamps, draw) {
  const before = drawn.get(parent) ?? new Map();
  const focused = parent.contains(document.activeElement);
  const after = new Map();
  let place = parent.firstChild;
  for (const item of items) {
    const name = key(item);
    const stamp = stamps(item);
    const old = before.get(name);
    const kept = old && same(old.stamp, stamp);
    const node = kept ? old.node : refocused(old?.node, draw(item));
    if (old && !kept) {
      if (place === old.node) place = old.node.nextSibling;
      old.node.remove();
    }
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
    if (!kept) restore(node);
    after.set(name, { node, stamp });
  }
  for (const [name, old] of before) if (!after.has(name)) old.node.remove();
  drawn.set(parent, after);
  if (focused && !parent.contains(document.activeElement)) parent.focus({ preventScroll: true });
}

const same = (one, other) => one.length === other.length && one.every((value, n) => value === other[n]);

let wanted = null;

/** A control that has the focus is found again in the new drawing by its `data-control`. */
function refocused(old, fresh) {
  const focused = old?.contains(document.activeElement) ? document.activeElement.dataset.control : null;
  wanted = focused ? controlIn(fresh, focused) : null;
  return fresh;
}

function restore(node) {
  if (wanted && node.contains(wanted)) wanted.focus({ preventScroll: true });
  wanted = null;
}
