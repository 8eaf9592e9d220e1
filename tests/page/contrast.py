"""How well the text of a page can be read, measured in the browser: each text against what is really behind it."""

from typing import Any

from playwright.sync_api import Page

# Opacity and tints are added up; what nobody sees, and what is switched off, is left out, as WCAG does.
_TOOLS = r"""
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  const parsed = (colour) => {
    ink.clearRect(0, 0, 1, 1);
    ink.fillStyle = colour;
    ink.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = ink.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top, below) => [0, 1, 2].map((n) => top[n] * top[3] + below[n] * (1 - top[3])).concat([1]);
  const linear = (one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
  const light = ([red, green, blue]) =>
    0.2126 * linear(red / 255) + 0.7152 * linear(green / 255) + 0.0722 * linear(blue / 255);
  const ratio = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const chain = (node) => (node ? [node, ...chain(node.parentElement)] : []);
  const paper = (node) =>
    chain(node)
      .map((one) => parsed(getComputedStyle(one).backgroundColor))
      .reverse()
      .reduce((below, top) => over(top, below), parsed("Canvas"));
  const opacity = (node) => chain(node).reduce((all, one) => all * Number(getComputedStyle(one).opacity), 1);
"""
_TEXTS = r"""() => {
  TOOLS
  const found = [];
  const add = (node, colour, words) => {
    const box = node.getBoundingClientRect();
    const seen = opacity(node);
    if (!box.width || !box.height || seen < 0.05 || node.closest(".hidden, :disabled")) return;
    const behind = paper(node);
    const [red, green, blue, alpha] = parsed(colour);
    const shown = over([red, green, blue, alpha * seen], behind);
    found.push({ ratio: ratio(shown, behind), words: words.trim().slice(0, 40), where: node.outerHTML.slice(0, 80) });
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || node.closest("script, style, noscript")) continue;
    const style = getComputedStyle(node);
    add(node, node.closest("svg") ? style.fill : style.color, texts.currentNode.data);
  }
  for (const node of document.querySelectorAll('[placeholder]:not([placeholder=""])'))
    add(node, getComputedStyle(node, "::placeholder").color, node.placeholder);
  return found;
}"""


def contrasts(page: Page) -> list[dict[str, Any]]:
    """`{ratio, words, where}` of each text in sight, the hardest to read first."""
    found: list[dict[str, Any]] = page.evaluate(_TEXTS.replace("TOOLS", _TOOLS))
    return sorted(found, key=lambda one: one["ratio"])


# What has the focus, or, where that is hidden, what is drawn in its place; a frame counts where there is no ring.
_RING = r"""() => {
  TOOLS
  const held = document.activeElement;
  const drawn = [held, held.nextElementSibling, held.parentElement].find(
    (one) => one && Number(getComputedStyle(one).opacity) && getComputedStyle(one).outlineStyle !== "none",
  );
  const framed = drawn ?? held.parentElement;
  const style = getComputedStyle(framed);
  const behind = paper(framed.parentElement);
  const colour = parsed(drawn ? style.outlineColor : style.borderTopColor);
  return { ratio: ratio(over(colour, behind), behind), where: held.outerHTML.slice(0, 80) };
}"""


def ring(page: Page) -> dict[str, Any]:
    """`{ratio, where}`: how well the ring around what has the focus stands out."""
    found: dict[str, Any] = page.evaluate(_RING.replace("TOOLS", _TOOLS))
    return found
