// `data_visualization` as a drawing: bars, lines or areas over categories, or a pie; and as words for who listens.

import { h, svg } from "./dom.js";
import { pie } from "./pie.js";
import { own, unknown } from "./unknown.js";

const WIDTH = 520;
const HEIGHT = 190;
const EDGE = { left: 48, right: 8, top: 10, bottom: 40 };
const INNER = { width: WIDTH - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
const LETTER = 6; // pixels, about, of a label
const DRAW = { bar: bars, line, area: (...it) => [area(...it), line(...it)] };
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export function chart(block) {
  const { type } = block.chart;
  if (type === "pie") return pie(block);
  return own(DRAW, type) ? course(block, DRAW[type]) : unknown("chart")({ type });
}

function course(block, draw) {
  const { series, axis_config: axes } = block.chart;
  const names = axes.categories;
  const values = series.map((one) => names.map((name) => one.data.find((point) => point.label === name)?.value ?? 0));
  const scale = scaleOf(values.flat());
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": spoken(block, names, values) },
    ...grid(scale),
    ...values.flatMap((row, n) => draw(row, scale, n, values.length, names)),
    ...labels(names),
  );
  const legend =
    series.length > 1 ? h("div.legend", ...series.map((one, n) => h(`span.series${n}`, one.name))) : null;
  return h("figure.chart", h("figcaption", block.title), drawing, legend);
}

/** From nought, or from below it, to the first even number that is not less than all. */
function scaleOf(values) {
  const least = Math.min(0, ...values);
  return { least: least && -nice(-least), most: nice(Math.max(least ? 0 : 1, ...values)) };
}

const x = (n, count) => EDGE.left + ((n + 0.5) * INNER.width) / count;
const y = (value, { least, most }) => EDGE.top + (INNER.height * (most - value)) / (most - least);

function bars(row, scale, n, of, names) {
  const room = (INNER.width / row.length) * 0.72;
  const width = room / of;
  return row.map((value, place) => {
    const [top, bottom] = [y(Math.max(0, value), scale), y(Math.min(0, value), scale)];
    return svg(
      `rect.series${n}`,
      { x: x(place, row.length) - room / 2 + n * width, y: top, width, height: bottom - top, rx: 2 },
      svg("title", `${names[place]}: ${value}`),
    );
  });
}

const points = (row, scale) => row.map((value, place) => `${x(place, row.length)},${y(value, scale)}`);

function line(row, scale, n) {
  return [svg(`polyline.series${n}`, { points: points(row, scale).join(" "), fill: "none" })];
}

function area(row, scale, n) {
  const ends = [row.length - 1, 0].map((place) => `${x(place, row.length)},${y(0, scale)}`);
  return svg(`polygon.series${n}`, { points: [...points(row, scale), ...ends].join(" ") });
}

function grid({ least, most }) {
  return [least, (least + most) / 2, most].flatMap((value) => {
    const at = y(value, { least, most });
    return [
      svg("line.grid", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: at, y2: at }),
      svg("text", { x: EDGE.left - 6, y: at + 4, "text-anchor": "end" }, short.format(value)),
    ];
  });
}

/** As many labels as fit beside one another, none beyond the edges. */
function labels(names) {
  const longest = Math.max(...names.map((name) => name.length));
  const every = Math.ceil((names.length * (longest + 4) * LETTER) / INNER.width);
  const label = (name, n) => {
    const half = (name.length * LETTER) / 2;
    const at = Math.max(half, Math.min(x(n, names.length), WIDTH - half));
    return svg("text", { x: at, y: HEIGHT - EDGE.bottom + 18, "text-anchor": "middle" }, name);
  };
  return names.flatMap((name, n) => (n % every ? [] : [label(name, n)]));
}

/** The first even number of one or two digits and noughts that is not less. */
function nice(most) {
  if (most <= 0) return 0;
  const unit = 10 ** Math.floor(Math.log10(most));
  return Math.max(
    2,
    [1, 2, 4, 6, 8, 10].map((step) => step * unit).find((step) => step >= most),
  );
}

const spoken = (block, names, values) =>
  `${block.title}. ${names.map((name, n) => `${name}: ${values.map((row) => row[n]).join(", ")}`).join("; ")}`;
