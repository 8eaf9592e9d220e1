// The focus is never lost: what is drawn anew, closed or taken away hands it on.

const FOCUSABLE = "input, textarea, select, button, a[href]";

/** The control of this name in a part of the page; controls keep their `data-control` when they are drawn anew. */
export const controlIn = (part, name) =>
  [...part.querySelectorAll("[data-control]")].find((one) => one.dataset.control === name);

/** Nothing has it, or something that is in `part`, which goes away. */
export const isLost = (part) => document.activeElement === document.body || part.contains(document.activeElement);

/** Remembers what has it. The function that is given hands it back, to what stands in its place when that is gone. */
export function remembered(node = document.activeElement) {
  const part = node.closest("dialog, main, aside");
  return () => {
    const now = node.isConnected ? node : part && controlIn(part, node.dataset.control);
    (now ?? part)?.focus({ preventScroll: true });
  };
}

/** The same for a form that is drawn anew: by the block, and the place in it. Null when the focus is not in there. */
export function placeIn(form) {
  const block = form.contains(document.activeElement) && document.activeElement.closest("[data-block]");
  if (!block) return null;
  const [name, place] = [block.dataset.block, focusable(block).indexOf(document.activeElement)];
  return () => {
    const same = [...form.querySelectorAll("[data-block]")].find((one) => one.dataset.block === name);
    return same && (focusable(same)[place] ?? focusable(same)[0]);
  };
}

export const focusable = (part) => [...part.querySelectorAll(FOCUSABLE)];
