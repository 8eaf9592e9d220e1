// A pie of `data_visualization`: parts of a whole, each named beside it with its value and share.

import { h, svg } from "./dom.js";

const SIZE = 120;
const RADIUS = SIZE / 4; // of the middle of a stroke that is twice as wide, which fills the disc

export function pie({ title, chart }) {
  const whole = chart.segments.reduce((sum, one) => sum + one.value, 0);
  const parts = chart.segments.map((one) => ({ ...one, share: one.value / whole }));
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": `${title}. ${parts.map(told).join("; ")}` },
    ...parts.map((one, n) => slice(one, n, parts.slice(0, n))),
  );
  const legend = h("div.legend", ...parts.map((one, n) => h(`span.series${n}`, told(one))));
  return h("figure.chart", h("figcaption", title), h("div.pie", drawing, legend));
}

const told = ({ label, value, share }) => `${label}: ${value} (${Math.round(share * 100)} %)`;

/** A circle whose dashed stroke is one dash: from where those before it end, as long as its share. */
function slice(one, n, before) {
  const from = before.reduce((sum, other) => sum + other.share, 0);
  return svg(
    `circle.series${n}`,
    {
      cx: SIZE / 2,
      cy: SIZE / 2,
      r: RADIUS,
      pathLength: 100,
      "stroke-dasharray": `${one.share * 100} 100`,
      "stroke-dashoffset": -from * 100,
    },
    svg("title", told(one)),
  );
}
