// Which moment proves a failure: the one that the case names, the last one before the verdict, or none after a silence.

import { expect, test } from "bun:test";
import type { Moment } from "../spec/moment.ts";
import { findDecisiveMoment } from "./evidence.ts";

const QUICK = 2_000; // these look at data and nothing else
const by = (at: number, track: Moment["track"], actor: Moment["actor"] = "subject"): Moment => ({
  ...{ at, track, actor },
  kind: "data",
  text: "",
});
const moments = [by(10, "P", "suite"), by(20, "P"), by(30, "Q"), by(40, "P", "suite")];

test.each([
  ["the moment that the case names", 900, moments[1], 20],
  ["the last of the subject on the track that it names", 900, "P", 20],
  ["the last of the subject, if the verdict follows at once", 100, undefined, 30],
  ["none, if the verdict follows a silence", 900, undefined, undefined],
  ["none, if nothing happened on the track", 100, "subject", undefined],
] as const)(
  "%s",
  (_, judgedAt, evidence, expected) =>
    expect(findDecisiveMoment(moments, judgedAt, evidence)?.at).toBe(expected),
  QUICK,
);
