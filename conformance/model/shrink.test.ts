// A run that fails is made short: what is left is needed.

import { expect, test } from "bun:test";
import type { FilePlan } from "./content.ts";
import type { Plan } from "./plan.ts";
import { leaveOut, shrink } from "./shrink.ts";
import { simplifyPlan } from "./simplify.ts";
import type { Violation } from "./violation.ts";

const QUICK = 5_000; // these only compute
const VIOLATION: Violation = { rule: "S7.10", expected: "", observed: "" };

const file = (name: string, size: number): FilePlan => ({ name, kind: "unended", size, salt: 1 });
const PLAN: Plan = {
  files: [file("x.txt", 5_000), file("y.txt", 70)],
  rounds: Array.from({ length: 30 }, (_, at) => ({
    visits: [{ act: "get", file: at % 2 ? "x.txt" : "y.txt" }, { act: "list" }],
  })),
};

const makeShort = (fails: (plan: Plan) => boolean, until = Infinity) => {
  const tryRun = async (plan: Plan) => (fails(plan) ? VIOLATION : undefined);
  return shrink({ run: PLAN, violation: VIOLATION }, simplifyPlan, tryRun, until);
};

test(
  "to one client and the smallest file with which it fails",
  async () => {
    const isLarge = ({ size }: FilePlan): boolean => size >= 1_024;
    const { run } = await makeShort(({ files, rounds }) =>
      rounds.some(({ visits }) =>
        visits.some((visit) => files.some((one) => isLarge(one) && one.name === visit.file)),
      ),
    );
    expect(run).toEqual({
      files: [{ name: "a.txt", kind: "lines", size: 1_024, salt: 1 }],
      rounds: [{ visits: [{ act: "get", file: "a.txt" }] }],
    });
  },
  QUICK,
);

test(
  "to as many clients as it takes",
  async () => {
    const { run } = await makeShort(
      ({ rounds }) => rounds.flatMap(({ visits }) => visits).length > 9,
    );
    expect(run.rounds.flatMap(({ visits }) => visits)).toEqual(
      Array.from({ length: 10 }, () => ({ act: "list" as const })),
    );
    expect(run.files).toEqual([]);
  },
  QUICK,
);

test(
  "not at all if the time is over",
  async () => expect((await makeShort(() => true, 0)).run).toBe(PLAN),
  QUICK,
);

test(
  "a list without each half, each quarter, and each one",
  () => {
    const all = [...leaveOut([1, 2, 3, 4])];
    for (const less of [
      [3, 4],
      [1, 2],
      [2, 3, 4],
      [1, 3, 4],
      [1, 2, 4],
      [1, 2, 3],
    ])
      expect(all).toContainEqual(less);
    expect([...leaveOut([])]).toEqual([]);
  },
  QUICK,
);
