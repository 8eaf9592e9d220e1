// What is on its way shows it, and a second press meanwhile does nothing. It is not disabled: that would drop the focus.

/** Gives what `work` gives; undefined when it was on its way already. */
export async function busy(node, work) {
  if (node.hasAttribute("aria-busy")) return undefined;
  node.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    node.removeAttribute("aria-busy");
  }
}
