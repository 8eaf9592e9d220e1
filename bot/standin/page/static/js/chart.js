// `data_visualization` as a drawing: bars or lines over categories, or parts of a whole; and as a table for who listens.

import { h, svg } from "./dom.js";
import { own, unknown } from "./unknown.js";

const WIDTH = 520;
const HEIGHT = 190;
const EDGE = { left: 40, right: 8, top: 10, bottom: 40 };
const INNER = { width: WIDTH - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
const DRAW = { bar: bars, line: curve, area: curve };

export function chart(block) {
  const { type, series = [], axis_config: axes = {} } = block.chart;
  if (!own(DRAW, type)) return unknown("chart")({ type });
  const names = axes.categories ?? series[0]?.data.map((point) => point.label) ?? [];
  const values = series.map((one) => names.map((name) => one.data.find((point) => point.label === name)?.value ?? 0));
  const most = nice(Math.max(1, ...values.flat()));
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": spoken(block, names, values) },
    ...grid(most),
    ...values.flatMap((row, n) => DRAW[type](row, most, n, values.length, names)),
    ...labels(names),
  );
  const legend =
    series.length > 1 ? h("div.legend", ...series.map((one, n) => h(`span.series${n % 4}`, one.name))) : null;
  return h("figure.chart", h("figcaption", block.title), drawing, legend);
}

const x = (n, count) => EDGE.left + ((n + 0.5) * INNER.width) / count;
const y = (value, most) => EDGE.top + INNER.height * (1 - value / most);

function bars(row, most, n, of, names) {
  const room = (INNER.width / row.length) * 0.72;
  const width = room / of;
  return row.map((value, place) =>
    svg(
      `rect.series${n % 4}`,
      {
        x: x(place, row.length) - room / 2 + n * width,
        y: y(value, most),
        width,
        height: EDGE.top + INNER.height - y(value, most),
        rx: 2,
      },
      svg("title", `${names[place]}: ${value}`),
    ),
  );
}

function curve(row, most, n) {
  const points = row.map((value, place) => `${x(place, row.length)},${y(value, most)}`).join(" ");
  return [svg(`polyline.series${n % 4}`, { points, fill: "none" })];
}

function grid(most) {
  return [0, 0.5, 1].flatMap((share) => {
    const at = y(most * share, most);
    return [
      svg("line.grid", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: at, y2: at }),
      svg("text", { x: EDGE.left - 6, y: at + 4, "text-anchor": "end" }, String(most * share)),
    ];
  });
}

/** As many labels as fit. */
function labels(names) {
  const every = Math.ceil(names.length / 7);
  return names.flatMap((name, n) =>
    n % every
      ? []
      : [svg("text", { x: x(n, names.length), y: HEIGHT - EDGE.bottom + 18, "text-anchor": "middle" }, name)],
  );
}

/** The first even number of one or two digits and noughts that is not less. */
function nice(most) {
  const unit = 10 ** Math.floor(Math.log10(most));
  return Math.max(
    2,
    [1, 2, 4, 6, 8, 10].map((step) => step * unit).find((step) => step >= most),
  );
}

const spoken = (block, names, values) =>
  `${block.title}. ${names.map((name, n) => `${name}: ${values.map((row) => row[n]).join(", ")}`).join("; ")}`;
