// A failure drawn as a sequence diagram: client, P, Q and server, time downwards, the offending event marked.

import type { Result } from "../../conformance/result.ts";
import { html, type Markup } from "./markup.ts";
import { type Row, type Scene, scene } from "./scene.ts";

/** Where the four lifelines stand, and how much text fits between client and server. */
interface Layout {
  readonly name: "wide" | "narrow";
  readonly width: number;
  readonly time: number;
  readonly client: number;
  readonly P: number;
  readonly Q: number;
  readonly server: number;
  /** Characters of a label in one line. */
  readonly room: number;
}

const LAYOUTS: readonly Layout[] = [
  { name: "wide", width: 760, time: 86, client: 116, P: 322, Q: 528, server: 734, room: 84 },
  { name: "narrow", width: 340, time: 44, client: 60, P: 149, Q: 238, server: 328, room: 36 },
];
const HEAD = 44; // above the first row: the names of the lifelines
const LINE = 15; // from one line of a label to the next
const LABEL_LINES = 3; // of one event: the whole text is in the table below the diagram
const ARROW = 5;
const BASE = 10; // from an arrow down to the end of its row

/** The diagram twice: for wide screens and paper, and for narrow screens; a style shows one of them. */
export function diagram(one: Result, key: string): Markup {
  const drawn = scene(one);
  return html`${LAYOUTS.map((layout) => svg(one, drawn, layout, `${key}-${layout.name}`))}`;
}

function svg(one: Result, { rows, subject }: Scene, layout: Layout, key: string): Markup {
  const placed = place(rows, layout);
  const height = (placed.at(-1)?.bottom ?? HEAD) + 8;
  const title = `Sequence diagram of ${one.id}: ${one.title}`;
  return html`<svg
    class="diagram ${layout.name}"
    viewBox="0 0 ${layout.width} ${height}"
    role="img"
    aria-labelledby="${key}-t ${key}-d"
  >
    <title id="${key}-t">${title}</title>
    <desc id="${key}-d">${rows.map(sentence).join(" ")}</desc>
    ${placed.map((each) => band(each, layout))} ${lifelines(layout, subject, height)}
    ${bars(placed, layout)} ${placed.map((each) => drawRow(each, layout))}
  </svg>`;
}

interface Placed {
  readonly row: Row;
  readonly lines: readonly string[];
  readonly top: number;
  readonly bottom: number;
}

function place(rows: readonly Row[], { room }: Layout): Placed[] {
  let top = HEAD;
  return rows.map((row) => {
    const lines = cut(row.label, row.kind === "verdict" ? room - 2 : room);
    const bottom = top + lines.length * LINE + (row.kind === "arrow" ? 22 : 10);
    const placed = { row, lines, top, bottom };
    top = bottom;
    return placed;
  });
}

/** Lines of a label, broken at blanks where there are some. */
function cut(text: string, room: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > room && lines.length < LABEL_LINES - 1) {
    const blank = rest.lastIndexOf(" ", room);
    const at = blank > room / 2 ? blank : room;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest.length > room ? `${rest.slice(0, room - 1)}…` : rest];
}

function lifelines(layout: Layout, subject: string, height: number): Markup {
  const names = ["client", "P", "Q", "server"] as const;
  return html`<g aria-hidden="true"
    >${names.map((name) => {
      const role = name === "P" || name === "Q" ? "" : name === subject ? "judged" : "the suite";
      const anchor = name === "client" ? "start" : name === "server" ? "end" : "middle";
      const at = layout[name] + (anchor === "start" ? -8 : anchor === "end" ? 8 : 0);
      return html`<text class="name ${name}" x="${at}" y="14" text-anchor="${anchor}">${name}</text>
        <text class="role" x="${at}" y="29" text-anchor="${anchor}">${role}</text>
        <line
          class="life ${name}"
          x1="${layout[name]}"
          y1="36"
          x2="${layout[name]}"
          y2="${height - 4}"
        />`;
    })}</g
  >`;
}

/** A bar on P and Q for as long as the connection is open. */
function bars(placed: readonly Placed[], layout: Layout): Markup {
  const end = placed.at(-1)?.bottom ?? HEAD;
  return html`<g aria-hidden="true"
    >${(["P", "Q"] as const).map((lane) => {
      const own = placed.filter(
        ({ row }) => row.kind === "arrow" && row.lane === lane && !refused(row),
      );
      const first = own.at(0);
      if (!first) return undefined;
      const sides = new Set(own.flatMap(({ row }) => (isClose(row) ? [row.from] : [])));
      const cut = own.find(({ row }) => row.kind === "arrow" && row.lost);
      const last = cut ?? (sides.size === 2 ? own.findLast(({ row }) => isClose(row)) : undefined);
      const bottom = last ? last.bottom - BASE : end;
      return html`<rect
        class="bar ${lane}"
        x="${layout[lane] - 4}"
        y="${first.bottom - BASE}"
        width="8"
        height="${Math.max(bottom - first.bottom + BASE, 2)}"
        rx="3"
      />`;
    })}</g
  >`;
}

const refused = (row: Row): boolean => row.label.endsWith("refused");
const isClose = (row: Row): row is Row & { kind: "arrow" } =>
  row.kind === "arrow" && row.label.startsWith("close");

/** Behind everything: what is marked is marked from edge to edge. */
function band({ row, top, bottom }: Placed, { width }: Layout): Markup | undefined {
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

function drawRow(placed: Placed, layout: Layout): Markup {
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

/** The row for who cannot see the diagram. */
export function sentence(row: Row): string {
  const mark = row.kind !== "verdict" && row.blamed ? " This is the offending event." : "";
  if (row.kind === "verdict") return `At ${row.at} ms the rule was found broken. ${row.label}.`;
  if (row.kind === "gap") return `Then ${row.label}.${mark}`;
  if (row.kind === "note") return `At ${row.at} ms, ${row.by}: ${row.label}.${mark}`;
  return `At ${row.at} ms, ${row.from} on ${row.lane}: ${row.label}.${mark}`;
}
