// What stands still in a sequence diagram: the four lifelines, and for how long P and Q are open.

import { BASE, HEAD, type Layout, type Placed } from "./layout.ts";
import { html, type Markup } from "./markup.ts";
import type { Row } from "./scene.ts";

export function lifelines(layout: Layout, subject: string, height: number): Markup {
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
export function bars(placed: readonly Placed[], layout: Layout): Markup {
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
