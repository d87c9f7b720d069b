// Which rows a sequence diagram has: the marked event or silence, the pauses, the open connections, and the shortened middle.

import { expect, test } from "bun:test";
import type { Moment } from "../../../conformance/index.ts";
import { sample, TIMELINE } from "../model/sample.ts";
import { buildDiagramRows } from "./diagram-rows.ts";

const QUICK = 2_000; // these tests only look at data
const failed = { verdict: "fail", expected: "an error on P" } as const;
const rowsOf = (facts: Parameters<typeof sample>[1]) =>
  buildDiagramRows(sample("S7.19", { ...failed, ...facts }));

test(
  "the moment that the result names is marked, and what follows the verdict is left out",
  () => {
    const rows = rowsOf({ decisive: 5, judgedAt: 80, timeline: TIMELINE });
    expect(rows.filter(({ isDecisive }) => isDecisive)).toEqual([rows[5]!]);
    expect(rows[5]).toMatchObject({ kind: "arrow", at: 61, side: "server", connection: "Q" });
    expect(rows.slice(8)).toMatchObject([{ kind: "verdict", at: 80 }]);
  },
  QUICK,
);

test(
  "a silence is marked if the result names no moment",
  () => {
    const end = { at: 5062, track: "subject", actor: "suite", kind: "signal", text: "SIGINT" };
    const rows = rowsOf({ judgedAt: 5062, timeline: [...TIMELINE.slice(0, 4), end as Moment] });
    const [gap, verdict] = rows.slice(-2);
    expect(gap).toMatchObject({
      kind: "gap",
      label: "nothing for 5.0 s",
      isDecisive: true,
      open: ["P"],
    });
    expect(verdict).toMatchObject({ kind: "verdict", at: 5062 });
  },
  QUICK,
);

test(
  "a long timeline keeps its ends and the decisive moment",
  () => {
    const many = Array.from({ length: 100 }, (_, at) => ({ ...TIMELINE[3]!, at, text: `${at}` }));
    const middle = rowsOf({ timeline: many, decisive: 50 }).map(({ label }) => label);
    expect(middle.slice(14, 17)).toEqual(["36 more events", "21 B 50", "35 more events"]);
    const labels = rowsOf({ timeline: many, decisive: 99 }).map(({ label }) => label);
    expect(labels).toContain("72 more events");
    expect([labels[0], labels.at(-2)]).toEqual(["21 B 0", "21 B 99"]);
  },
  QUICK,
);

test(
  "a connection is open from its SYN to its reset or its second FIN, and not at all if it is refused",
  () => {
    const moment = (at: number, kind: Moment["kind"], more: Partial<Moment> = {}): Moment => ({
      ...{ at, kind, track: "Q", actor: "subject", text: "any words" },
      ...more,
    });
    const refused = rowsOf({
      timeline: [moment(1, "SYN", { outcome: "refused" }), moment(2, "FIN")],
    });
    expect(refused.map(({ open, isLost }) => [open, isLost])).toEqual([
      [[], true],
      [[], false],
      [[], undefined],
      [[], undefined],
    ]);
    const closed = rowsOf({
      timeline: [
        moment(1, "SYN"),
        moment(2, "FIN"),
        moment(3, "FIN", { actor: "suite" }),
        moment(4, "note"),
      ],
      decisive: 0,
    });
    expect(closed.map(({ open }) => open.join())).toEqual(["", "Q", "Q", "", ""]);
    const reset = rowsOf({
      timeline: [moment(1, "SYN"), moment(2, "RST"), moment(3, "note")],
      decisive: 0,
    });
    expect(reset.map(({ open }) => open.join())).toEqual(["", "Q", "", ""]);
  },
  QUICK,
);

test(
  "a row whose order to the rows before it is unknown says so",
  () => {
    const both = TIMELINE.map((moment, at) =>
      at === 6 ? { ...moment, isSimultaneous: true } : moment,
    );
    const rows = rowsOf({ timeline: both, judgedAt: 80 });
    expect(rows.flatMap(({ isSimultaneous }, at) => (isSimultaneous ? [at] : []))).toEqual([6]);
  },
  QUICK,
);
