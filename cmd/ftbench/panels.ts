// Which results make which panel of the plot.

import { size } from "../cli/progress.ts";
import type { Results } from "./plan.ts";
import type { Panel, Series } from "./plot.ts";
import { time } from "./table.ts";

/** Cost against size, and transfers a second against clients; a panel without results is left out. */
export function panels({ rows, loadRows }: Results): Panel[] {
  const gets = rows.filter(({ work }) => work.startsWith("get") && work !== "");
  const all: Panel[] = [
    {
      title: "Time of a whole client against size",
      series: group(gets, (row) => [Math.max(1, row.amount), row.seconds]),
      x: size,
      y: time,
    },
    {
      title: "Transfers a second against clients",
      series: group(loadRows, (row) => [row.clients, row.rate]),
      x: String,
      y: (value) => value.toLocaleString("en"),
    },
  ];
  return all.filter(({ series }) => series.length > 0);
}

function group<T extends { readonly name: string }>(
  rows: readonly T[],
  point: (row: T) => readonly [number, number],
): Series[] {
  const names = [...new Set(rows.map(({ name }) => name))];
  return names.map((name) => ({
    name,
    points: rows
      .filter((row) => row.name === name)
      .map(point)
      .filter(([, y]) => y > 0),
  }));
}
