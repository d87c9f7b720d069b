// The picture is well-formed with any names, every point is inside of it, and no two names are on each other.

import { expect, test } from "bun:test";
import type { Results } from "./benchmark.ts";
import { drawPlot } from "./plot.ts";

const LIMIT = 5000;

function createResults(names: readonly string[], sizes: readonly number[]): Results {
  const rows = names.flatMap((name) => sizes.map((amount) => ({ name, amount, work: "get" })));
  const processes = rows.map((row) => ({ ...row, seconds: row.amount / 1e6 }));
  return { processes, load: [], interference: [], failed: [] } as unknown as Results;
}

test(
  "a panel holds every point, and a name adds no markup",
  () => {
    const svg = drawPlot(createResults(["<b>&", "b"], [1024, 1048576]));
    expect(() => Bun.XML.parse(svg)).not.toThrow();
    expect(svg).toContain("&lt;b&gt;&amp;");
    expect(svg).not.toContain("NaN");
    const points = [...svg.matchAll(/cx="([^"]+)" cy="([^"]+)"/g)];
    expect(points).toHaveLength(4);
    for (const [, x, y] of points) {
      expect(Number(x)).toBeWithin(0, 521);
      expect(Number(y)).toBeWithin(0, 361);
    }
    const labels = [...svg.matchAll(/y="([^"]+)" style="fill/g)].map(([, y]) => Number(y));
    expect(labels).toHaveLength(2);
    expect(Math.abs((labels[0] ?? 0) - (labels[1] ?? 0))).toBeGreaterThanOrEqual(15);
  },
  LIMIT,
);

test(
  "a single point is drawn too",
  () => expect(drawPlot(createResults(["a"], [1024]))).not.toContain("NaN"),
  LIMIT,
);
