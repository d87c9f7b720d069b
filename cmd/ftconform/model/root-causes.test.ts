// What a student is told to mend first: at most three causes, the one that hides most first, each with its evidence.

import { expect, test } from "bun:test";
import type { Result } from "../../../conformance/index.ts";
import { makeReport } from "./report.ts";
import { findRootCauses } from "./root-causes.ts";
import { sample } from "./sample.ts";

const QUICK = 2_000; // these look at data and nothing else

const fail = { verdict: "fail", expected: "a", observed: "nothing came" } as const;
const crash = (kind: string) => ({ ...fail, crash: { kind, words: `${kind}: boom` } });
const waits = (...dependsOn: string[]) => ({ verdict: "inconclusive", dependsOn }) as const;

function findCauses(...results: Result[]): string[] {
  const only = results.map(({ id }) => id).join(",");
  const options = { server: "x", only };
  return findRootCauses(makeReport({ options, program: "ftconform" }, { results, seconds: 1 }));
}

test(
  "a crash comes first, and the one of most rules before the others",
  () => {
    const causes = findCauses(
      sample("S1.1", fail),
      sample("S5.3", crash("IndexError")),
      sample("S7.1", crash("KeyError")),
      sample("S9.3", crash("KeyError")),
    );
    expect(causes.map((cause) => cause.split(" ").slice(0, 4).join(" "))).toEqual([
      "Your server crashes: KeyError:",
      "Your server crashes: IndexError:",
      expect.stringContaining("S1.1 fails:"),
    ]);
    expect(causes[0]).toBe(
      'Your server crashes: KeyError: boom. It does so in the test "case of S7.1" of S7.1, and in the tests of 1 other rule.',
    );
  },
  QUICK,
);

test(
  "a rule that others wait for comes before an earlier step",
  () => {
    const causes = findCauses(
      sample("S1.1", fail),
      sample("S7.8", fail),
      sample("S7.12", waits("S7.8")),
    );
    expect(causes[0]).toStartWith("S7.8 fails (1 rule cannot be tested until this works): ");
    expect(causes[0]).toEndWith(' In the test "case of S7.8": nothing came.');
    expect(causes[1]).toStartWith("S1.1 fails: ");
  },
  QUICK,
);

test(
  "three causes are told, and none of a SHOULD or of what passes",
  () => {
    const ids = ["S1.1", "S1.2", "S1.3", "S1.4"];
    expect(findCauses(...ids.map((id) => sample(id, fail)))).toHaveLength(3);
    expect(findCauses(sample("S7.7", fail), sample("S7.8"))).toEqual([]);
  },
  QUICK,
);

test(
  "what was seen is cut if it is long",
  () => {
    const [cause = ""] = findCauses(sample("S7.8", { ...fail, observed: "x".repeat(10_000) }));
    expect(cause.length).toBeLessThan(600);
    expect(cause).toEndWith("x…");
  },
  QUICK,
);
