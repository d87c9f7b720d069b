// Results as a picture: one SVG with a panel for each kind of work, on logarithmic scales.

/** One line of a panel. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** One panel. The formats write a number as it stands at an axis. */
export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
  readonly x: (value: number) => string;
  readonly y: (value: number) => string;
}

const WIDTH = 520;
const HEIGHT = 360;
const EDGE = { left: 76, right: 110, top: 46, bottom: 44 };

/** Okabe and Ito's colours: told apart by all eyes, on white and on black. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/** The picture, readable on a light and on a dark page. */
export function plot(panels: readonly Panel[]): string {
  const body = panels.map(
    (panel, index) => `<g transform="translate(${index * WIDTH} 0)">${draw(panel)}</g>`,
  );
  const size = `width="${panels.length * WIDTH}" height="${HEIGHT}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${panels.length * WIDTH} ${HEIGHT}">
<style>
  text { font: 12px sans-serif; fill: #222 } .title { font-size: 14px; font-weight: bold }
  .grid { stroke: #8884 } path { fill: none; stroke-width: 2 }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } }
</style>
${body.join("\n")}
</svg>
`;
}

function draw({ title, series, x, y }: Panel): string {
  const points = series.flatMap((line) => line.points);
  const across = scale(
    points.map((point) => point[0]),
    2,
    EDGE.left,
    WIDTH - EDGE.right,
  );
  const up = scale(
    points.map((point) => point[1]),
    10,
    HEIGHT - EDGE.bottom,
    EDGE.top,
  );
  const xs = [...new Set(points.map((point) => point[0]))];
  return [
    text(EDGE.left, 22, title, 'class="title"'),
    ...up.ticks.map(
      (tick) =>
        rule(up.at(tick)) + text(EDGE.left - 8, up.at(tick) + 4, y(tick), 'text-anchor="end"'),
    ),
    ...xs.map((tick) =>
      text(across.at(tick), HEIGHT - EDGE.bottom + 20, x(tick), 'text-anchor="middle"'),
    ),
    ...series.map((line, index) => curve(line, COLOURS[index % COLOURS.length] ?? "")),
    ...labels(),
  ].join("\n");

  function curve({ points: own }: Series, colour: string): string {
    const places = own.map((point) => `${round(across.at(point[0]))} ${round(up.at(point[1]))}`);
    const dots = places.map(
      (place) => `<circle cx="${place.replace(" ", '" cy="')}" r="3" fill="${colour}"/>`,
    );
    return `<path d="M${places.join("L")}" stroke="${colour}"/>${dots.join("")}`;
  }

  /** Names at the right ends of the lines, moved apart where they would touch. */
  function labels(): string[] {
    const ends = series.map((line, index) => ({
      line,
      index,
      y: up.at(line.points.at(-1)?.[1] ?? 1),
    }));
    let free = EDGE.top;
    return ends
      .toSorted((a, b) => a.y - b.y)
      .map(({ line, index, y: end }) => {
        const place = Math.max(end + 4, free);
        free = place + 15;
        const colour = `style="fill:${COLOURS[index % COLOURS.length]}"`;
        return text(WIDTH - EDGE.right + 10, place, line.name, colour);
      });
  }
}

/** A logarithmic scale from whole powers of `base` around the values to `from` and `to`. */
function scale(values: readonly number[], base: number, from: number, to: number) {
  const log = (value: number) => Math.log(value) / Math.log(base);
  const exact = base === 2;
  const low = exact ? log(Math.min(...values)) : Math.floor(log(Math.min(...values)) + 1e-9);
  const high = exact ? log(Math.max(...values)) : Math.ceil(log(Math.max(...values)) - 1e-9);
  const span = Math.max(high - low, 1e-9);
  const at = (value: number) => from + ((log(value) - low) / span) * (to - from);
  const ticks = Array.from(
    { length: Math.round(high - low) + 1 },
    (_, index) => base ** (low + index),
  );
  return { at, ticks };
}

function rule(y: number): string {
  return `<line class="grid" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${round(y)}" y2="${round(y)}"/>`;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${Bun.escapeHTML(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
