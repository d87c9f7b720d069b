// One row of a sequence diagram: its time, its arrow or its words, and the mark of the offending event.

import { BASE, type Layout, LINE, type Placed } from "./layout.ts";
import { html, type Markup } from "./markup.ts";
import type { Row } from "./scene.ts";

const ARROW = 5; // half the height of an arrow's head

/** Behind everything: what is marked is marked from edge to edge. */
export function band({ row, top, bottom }: Placed, { width }: Layout): Markup | undefined {
  const kind = markOf(row);
  if (kind === "") return undefined;
  return html`<rect
    class="${kind}"
    x="1"
    y="${top + 1}"
    width="${width - 2}"
    height="${bottom - top - 2}"
    rx="4"
  />`;
}

const markOf = (row: Row): string =>
  row.kind === "verdict" ? "verdict" : row.blamed ? "blame" : "";

export function drawRow(placed: Placed, layout: Layout): Markup {
  const mark = markOf(placed.row);
  return html`<g class="${mark && `in-${mark}`}" aria-hidden="true"
    >${time(placed, layout, mark !== "")}${shape(placed, layout)}</g
  >`;
}

function time({ row, top }: Placed, layout: Layout, marked: boolean): Markup {
  const at = "at" in row ? row.at.toFixed(layout.name === "wide" ? 1 : 0) : "";
  const unit = at && layout.name === "wide" ? " ms" : "";
  const sign = marked ? html`<text class="cross" x="6" y="${top + 16}">✗</text>` : undefined;
  return html`${sign}<text class="time" x="${layout.time}" y="${top + 16}" text-anchor="end"
      >${at}${unit}</text
    >`;
}

function shape(placed: Placed, layout: Layout): Markup {
  const { row } = placed;
  if (row.kind === "arrow") return arrow({ ...placed, row }, layout);
  if (row.kind === "gap")
    return label(placed, (layout.client + layout.server) / 2, "middle", "gap");
  if (row.kind === "verdict") return label(placed, layout.client, "start", "said");
  const subject = row.by === "suite" ? undefined : layout[row.by];
  const x = subject ?? (layout.client + layout.server) / 2;
  const anchor = row.by === "server" ? "end" : row.by === "client" ? "start" : "middle";
  const shift = anchor === "end" ? -10 : anchor === "start" ? 10 : 0;
  const dot =
    subject === undefined
      ? undefined
      : html`<rect class="dot" x="${x - 4}" y="${placed.top + 8}" width="8" height="8" />`;
  return html`${dot}${label(placed, x + shift, anchor, "note")}`;
}

function arrow(
  { row, lines, top, bottom }: Placed & { row: Row & { kind: "arrow" } },
  layout: Layout,
): Markup {
  const y = bottom - BASE;
  const right = row.from === "client";
  const [start, target] = right ? [layout.client, layout.server] : [layout.server, layout.client];
  const way = right ? 1 : -1;
  const tip = row.lost ? (start + target) / 2 + way * 60 : target;
  const head = row.lost
    ? `M${tip - ARROW} ${y - ARROW}l${2 * ARROW} ${2 * ARROW}m0 ${-2 * ARROW}l${-2 * ARROW} ${2 * ARROW}`
    : `M${tip - way * 9} ${y - ARROW}L${tip - way} ${y}L${tip - way * 9} ${y + ARROW}`;
  const lane = layout[row.lane];
  return html`<line class="arrow ${row.lane}" x1="${start}" y1="${y}" x2="${tip}" y2="${y}" /><path
      class="head ${row.lane}"
      d="${head}"
    />
    <circle class="node ${row.lane}" cx="${lane}" cy="${y}" r="7" /><text
      class="letter"
      x="${lane}"
      y="${y + 3.5}"
      text-anchor="middle"
      >${row.lane}</text
    >
    ${label({ row, lines, top, bottom }, start + way * 10, right ? "start" : "end", "data")}`;
}

function label({ lines, top }: Placed, x: number, anchor: string, kind: string): Markup {
  return html`<text class="label ${kind}" text-anchor="${anchor}"
    >${lines.map(
      (line, at) => html`<tspan x="${x}" y="${top + 16 + at * LINE}">${line}</tspan>`,
    )}</text
  >`;
}
