// Elements are made here and nowhere else. Text goes in as text: nothing in these files reads HTML out of a string.

const SVG = "http://www.w3.org/2000/svg";

/** `h("button.primary", { type: "button", onclick }, "Send")`. `on…` are listeners, `null`, `false` and `undefined` are left out. */
export function h(name, props = {}, ...children) {
  return build(document.createElement(name.split(".")[0]), name, props, children);
}

/** The same for SVG. */
export function svg(name, props = {}, ...children) {
  return build(document.createElementNS(SVG, name.split(".")[0]), name, props, children);
}

function build(node, name, props, children) {
  const classes = name.split(".").slice(1);
  if (classes.length) node.classList.add(...classes);
  for (const [key, value] of Object.entries(props)) set(node, key, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function set(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else node.setAttribute(key, value === true ? "" : String(value));
}

/** An id that no other element has, for labels and descriptions. */
let ids = 0;
export const newId = () => `n${++ids}`;
