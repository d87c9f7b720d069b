// A program that did not answer once is not waited for as long again, but never less than is fair.

import { expect, test } from "bun:test";
import { makeTimeouts } from "../spec/timeouts.ts";
import { Pace, paceOf } from "./pace.ts";

const QUICK = 2_000; // these look at data and nothing else
const full = makeTimeouts(3);

test(
  "the limit stays until a wait has run out",
  () => {
    const pace = new Pace();
    pace.noteAnswer(20);
    expect(pace.adjust(full)).toEqual(full);
    pace.isSilent = true;
    expect(pace.adjust(full).reply).toBe(makeTimeouts(1).reply);
    expect(pace.adjust(makeTimeouts(1))).toEqual(makeTimeouts(1));
  },
  QUICK,
);

test(
  "a slow program keeps more time, at most that of today",
  () => {
    const pace = new Pace();
    pace.isSilent = true;
    pace.noteAnswer(900);
    expect(pace.adjust(full).reply).toBe(9_000);
    pace.noteAnswer(9_000);
    expect(pace.adjust(full).reply).toBe(full.reply);
  },
  QUICK,
);

test(
  "a server that never listened gets the time of our own programs",
  () => {
    const pace = new Pace();
    pace.isDeaf = true;
    expect(pace.adjust(full)).toEqual({ ...full, start: makeTimeouts(1).start });
  },
  QUICK,
);

test(
  "each command has a pace of its own",
  () => {
    paceOf("server a").isSilent = true;
    expect([paceOf("server a").isSilent, paceOf("server b").isSilent]).toEqual([true, false]);
  },
  QUICK,
);
