// What a run's records conclude to, and that what does not apply counts for neither side.

import { expect, test } from "bun:test";
import type { Result } from "../../../conformance/index.ts";
import { makeReport } from "./report.ts";
import { REQUEST, RUN, sample } from "./sample.ts";

const QUICK = 2_000; // these look at data and nothing else

function concluded(results: Result[], cut?: string): [string, string] {
  const only = results.map(({ id }) => id).join(",");
  const run = { results, seconds: 1, log: "", ...(cut ? { cut } : {}) };
  const { conclusion, sentence } = makeReport(
    { options: { server: "x", only }, program: "ftconform" },
    run,
  );
  return [conclusion, sentence];
}

const idle = { verdict: "not-applicable", reason: "no client was given" } as const;
const broken = { verdict: "fail", expected: "a", observed: "b" } as const;
const open = { verdict: "inconclusive", reason: "it does not serve" } as const;

const rows: [string, Result[], string, string][] = [
  ["a MUST that is met", [sample("S7.1")], "conformant", "The MUST rule that applies passes."],
  [
    "a SHOULD that is not met decides nothing",
    [sample("S7.1"), sample("S7.7", broken)],
    "conformant",
    "The MUST rule that applies passes. SHOULD rules that fail: S7.7.",
  ],
  [
    "a MUST that is broken",
    [sample("S7.1", broken)],
    "not conformant",
    "Failed: S7.1 (1 of 1 MUST rules).",
  ],
  [
    "one that is broken in one of two cases",
    [sample("S7.1"), sample("S7.1", { ...broken, title: "another" })],
    "not conformant",
    "Failed: S7.1 (1 of 1 MUST rules).",
  ],
  [
    "all skipped",
    [sample("S8.1", idle)],
    "inconclusive",
    "Nothing could be tested: no client was given.",
  ],
  [
    "a subject that cannot run",
    [sample("S7.1", open)],
    "inconclusive",
    "Nothing could be tested: it does not serve.",
  ],
  [
    "a MUST that stays open",
    [sample("S7.1"), sample("S7.2", open)],
    "inconclusive",
    "No MUST rule failed; not tested: S7.2 (it does not serve).",
  ],
  [
    "what is beyond decides nothing",
    [sample("S7.1"), sample("B1", broken)],
    "conformant",
    "The MUST rule that applies passes.",
  ],
];

test.each(rows)(
  "%s",
  (_, results, conclusion, sentence) => expect(concluded(results)).toEqual([conclusion, sentence]),
  QUICK,
);

test(
  "a SHOULD that is not met decides where that was asked for",
  () => {
    const results = [sample("S7.1"), sample("S7.7", broken)];
    const request = { server: "x", only: "S7.1,S7.7", strict: true };
    const { conclusion, sentence } = makeReport(
      { options: request, program: "ftconform" },
      { results, seconds: 1 },
    );
    expect(conclusion).toBe("not conformant");
    expect(sentence).toBe("Failed: S7.7 (1 of 2 MUST and SHOULD rules).");
  },
  QUICK,
);

test(
  "a run that was cut short is never conformant",
  () => {
    const [conclusion, sentence] = concluded([sample("S7.1")], "it was ended by a signal");
    expect(conclusion).toBe("inconclusive");
    expect(sentence).toEndWith("The run was cut short: it was ended by a signal.");
  },
  QUICK,
);

test(
  "a rule of which the suite lost the record leaves the verdict open",
  () => {
    const run = { results: [sample("S7.1")], seconds: 1, log: "SyntaxError" };
    const report = makeReport(
      { options: { server: "x", only: "S7.1,S7.2" }, program: "ftconform" },
      run,
    );
    expect(report.conclusion).toBe("inconclusive");
    expect(report.log).toBe("SyntaxError");
    expect(report.findings.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["S7.1", "pass"],
      ["S7.2", "inconclusive"],
    ]);
  },
  QUICK,
);

test(
  "counts are of rules, by level",
  () => {
    const { counts, slowest } = makeReport({ options: REQUEST, program: "ftconform" }, RUN);
    expect(counts.MUST).toEqual({ pass: 3, fail: 2, inconclusive: 1, "not-applicable": 2 });
    expect(counts.SHOULD).toEqual({ pass: 0, fail: 1, inconclusive: 0, "not-applicable": 0 });
    expect(counts.INFO.fail).toBe(1);
    expect(slowest?.id).toBe("S1.1");
  },
  QUICK,
);
