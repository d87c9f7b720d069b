// The results as one SVG picture with two panels: time against size, and transfers a second against clients.

import { formatBytes } from "../cli/byte-size.ts";
import type { Results } from "./benchmark.ts";
import { formatSeconds } from "./table.ts";

/** A panel, and how to write the numbers at its axes. */
interface Panel {
  readonly title: string;
  readonly points: readonly { readonly name: string; readonly x: number; readonly y: number }[];
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
}

const [WIDTH, HEIGHT] = [520, 360];
/** The edges of the drawing. The names of the programs are to the right of it. */
const [LEFT, RIGHT, TOP, BOTTOM] = [76, 410, 46, 316];
const LINE_HEIGHT = 16;

/** The colours of Okabe and Ito: everybody can tell them apart, on white and on black. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/** Draws a picture for a light and for a dark page. A panel without results is left out. */
export function drawPlot({ processes, load }: Results): string {
  const gets = processes.filter(({ work, amount }) => work.startsWith("get") && amount > 0);
  const time: Panel = {
    title: "Time of a whole client against size",
    points: gets.map(({ name, amount, seconds }) => ({ name, x: amount, y: seconds })),
    formatX: formatBytes,
    formatY: formatSeconds,
  };
  const rate: Panel = {
    title: "Transfers a second against clients",
    points: load.map(({ name, clients, rate: y }) => ({ name, x: clients, y })),
    formatX: String,
    formatY: String,
  };
  const panels = [time, rate].filter(({ points }) => points.length > 0).map(drawPanel);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${panels.length * WIDTH}" height="${HEIGHT}">
<style>
  text { font: 12px sans-serif; fill: #222 } .grid { stroke: #8884 } polyline { fill: none; stroke-width: 2 }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } }
</style>
${panels.map((panel, index) => `<g transform="translate(${index * WIDTH})">${panel}</g>`).join("\n")}
</svg>
`;
}

function drawPanel({ title, points, formatX, formatY }: Panel): string {
  const drawable = points.filter(({ y }) => y > 0);
  const xs = [...new Set(drawable.map(({ x }) => x))];
  const ticks = listPowersOfTen(drawable.map(({ y }) => y));
  const placeX = createScale(xs, LEFT, RIGHT);
  const placeY = createScale(ticks, BOTTOM, TOP);
  const names = [...new Set(drawable.map(({ name }) => name))];
  const lines = names.map((name, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? "";
    const own = drawable.filter((point) => point.name === name);
    const places = own.map(({ x, y }) => `${placeX(x)},${placeY(y)}`).join(" ");
    const dots = own.map(({ x, y }) => `<circle cx="${placeX(x)}" cy="${placeY(y)}" r="3"/>`);
    const label = drawText(RIGHT + 10, TOP + index * LINE_HEIGHT, name, `style="fill:${colour}"`);
    return `<g fill="${colour}"><polyline points="${places}" stroke="${colour}"/>${dots.join("")}${label}</g>`;
  });
  return [
    drawText(LEFT, TOP / 2, title, 'style="font-weight:bold"'),
    ...xs.map((x) => drawText(placeX(x), BOTTOM + 20, formatX(x), 'text-anchor="middle"')),
    ...ticks.map((y) => drawText(LEFT - 8, placeY(y) + 4, formatY(y), 'text-anchor="end"')),
    ...ticks.map((y) => `<path class="grid" d="M${LEFT} ${placeY(y)}H${RIGHT}"/>`),
    ...lines,
  ].join("\n");
}

function drawText(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${Bun.escapeHTML(content)}</text>`;
}

/** The powers of ten from below the lowest value to above the highest. */
function listPowersOfTen(values: readonly number[]): number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
}

/** A logarithmic scale from the lowest value at `from` to the highest at `to`, in whole pixels. */
function createScale(values: readonly number[], from: number, to: number) {
  const low = Math.log(Math.min(...values));
  const span = Math.log(Math.max(...values)) - low || 1;
  return (value: number) => Math.round(from + ((Math.log(value) - low) / span) * (to - from));
}
