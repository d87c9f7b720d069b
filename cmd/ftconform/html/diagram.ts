// A failure drawn as a sequence diagram: client, P, Q and server, time downwards, the offending event marked.

import type { Result } from "../../../conformance/index.ts";
import { HEAD, type Layout, LAYOUTS, place } from "./layout.ts";
import { bars, lifelines } from "./lifeline.ts";
import { html, type Markup } from "./markup.ts";
import { type Row, type Scene, scene } from "./scene.ts";
import { band, drawRow } from "./stroke.ts";

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

/** The row for who cannot see the diagram. */
export function sentence(row: Row): string {
  const mark = row.kind !== "verdict" && row.blamed ? " This is the offending event." : "";
  if (row.kind === "verdict") return `At ${row.at} ms the rule was found broken. ${row.label}.`;
  if (row.kind === "gap") return `Then ${row.label}.${mark}`;
  if (row.kind === "note") return `At ${row.at} ms, ${row.by}: ${row.label}.${mark}`;
  return `At ${row.at} ms, ${row.from} on ${row.lane}: ${row.label}.${mark}`;
}
