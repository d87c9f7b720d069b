// Where everything of a sequence diagram stands, on a wide and on a narrow screen.

import type { Row } from "./scene.ts";

/** Where the four lifelines stand, and how much text fits between client and server. */
export interface Layout {
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

export const LAYOUTS: readonly Layout[] = [
  { name: "wide", width: 760, time: 86, client: 116, P: 322, Q: 528, server: 734, room: 84 },
  { name: "narrow", width: 340, time: 44, client: 60, P: 149, Q: 238, server: 328, room: 36 },
];
export const HEAD = 44; // above the first row: the names of the lifelines
export const LINE = 15; // from one line of a label to the next
const LABEL_LINES = 3; // of one event: the whole text is in the table below the diagram
export const BASE = 10; // from an arrow down to the end of its row

export interface Placed {
  readonly row: Row;
  readonly lines: readonly string[];
  readonly top: number;
  readonly bottom: number;
}

export function place(rows: readonly Row[], { room }: Layout): Placed[] {
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
