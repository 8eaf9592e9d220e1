// Elements are made here and nowhere else. Text goes in as text: nothing in these files reads HTML out of a string.

const SVG = "http://www.w3.org/2000/svg";

/**
 * `h("button.primary", { type: "button", onclick }, "Send")`, `h("p", "Words")`: properties may be left out. `on…` are
 * listeners; what is null, undefined or false is left out.
 */
export const h = (name, ...rest) => build(document.createElement(name.split(".")[0]), name, rest);

/** The same for SVG. */
export const svg = (name, ...rest) => build(document.createElementNS(SVG, name.split(".")[0]), name, rest);

function build(node, name, rest) {
  const [props, ...children] = isProps(rest[0]) ? rest : [{}, ...rest];
  const classes = name.split(".").slice(1);
  if (classes.length) node.classList.add(...classes);
  for (const [key, value] of Object.entries(props)) set(node, key, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const isProps = (first) => first?.constructor === Object;

function set(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else node.setAttribute(key, value === true ? "" : String(value));
}

/** An id that no other element has, for labels and descriptions. */
let ids = 0;
export const newId = () => `n${++ids}`;
