// The picture: well-formed whatever the names are, with every point inside and no two labels on each other.

import { expect, test } from "bun:test";
import { plot } from "./plot.ts";

const LIMIT = 5000;

test(
  "a panel holds every point, and names in no markup of their own",
  () => {
    const series = ["<b>&", "b"].map((name) => ({
      name,
      points: [
        [1024, 0.02],
        [1048576, 0.9],
      ] as const,
    }));
    const svg = plot([{ title: "t", series, x: String, y: String }]);
    expect(() => Bun.XML.parse(svg)).not.toThrow();
    expect(svg).toContain("&lt;b&gt;&amp;");
    expect(svg).not.toContain("NaN");
    for (const [, x, y] of svg.matchAll(/cx="([^"]+)" cy="([^"]+)"/g)) {
      expect(Number(x)).toBeWithin(0, 521);
      expect(Number(y)).toBeWithin(0, 361);
    }
    const labels = [...svg.matchAll(/y="([^"]+)" style="fill/g)].map(([, y]) => Number(y));
    expect(Math.abs((labels[0] ?? 0) - (labels[1] ?? 0))).toBeGreaterThanOrEqual(15);
  },
  LIMIT,
);

test(
  "one point alone is drawn too",
  () => {
    const panel = {
      title: "t",
      series: [{ name: "a", points: [[1, 1]] as const }],
      x: String,
      y: String,
    };
    expect(plot([panel])).not.toContain("NaN");
  },
  LIMIT,
);
