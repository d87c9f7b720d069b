// Which event of a timeline is marked: the one that the result names, or a silence.

import { expect, test } from "bun:test";
import type { Moment } from "../../../conformance/index.ts";
import { findDecisiveEvent } from "./decisive-event.ts";
import { sample, TIMELINE } from "./sample.ts";
import { scene } from "../html/scene.ts";

const QUICK = 2_000; // these look at data and nothing else
const failed = { verdict: "fail", expected: "an error on P" } as const;
const end: Moment = { at: 5062, track: "subject", actor: "suite", kind: "signal", text: "SIGINT" };

test(
  "the moment that the result names",
  () => {
    const one = sample("S7.20", { ...failed, decisive: 5, judgedAt: 80, timeline: [...TIMELINE] });
    expect(findDecisiveEvent(one)).toEqual({ decided: 80, blamed: TIMELINE[5] });
  },
  QUICK,
);

test(
  "or a silence, which the diagram shows as such",
  () => {
    const timeline = [...TIMELINE.slice(0, 4), end];
    const one = sample("S7.19", { ...failed, judgedAt: 5062, timeline });
    expect(findDecisiveEvent(one)).toEqual({ decided: 5062, blamed: undefined });
    const [gap, verdict] = scene(one).rows.slice(-2);
    expect(gap).toEqual({ kind: "gap", label: "nothing for 5.0 s", blamed: true });
    expect(verdict).toMatchObject({ kind: "verdict", at: 5062 });
  },
  QUICK,
);

test(
  "a long timeline keeps its ends",
  () => {
    const many = Array.from({ length: 100 }, (_, at) => ({ ...TIMELINE[3]!, at, text: `${at}` }));
    const { rows } = scene(sample("S7.19", { ...failed, timeline: many, decisive: 99 }));
    const labels = rows.map(({ label }) => label);
    expect(labels).toContain("72 more events");
    expect([labels[0], labels.at(-2)]).toEqual(["21 B 0", "21 B 99"]);
  },
  QUICK,
);
