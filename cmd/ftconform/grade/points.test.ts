// What earns points, and the files that tell them: Gradescope's results and GitHub's summary.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REQUIREMENTS, type Result } from "../../../conformance/index.ts";
import { HOSTILE, LIVE, sample } from "../model/sample.ts";
import { formatAnnotations, formatClassSummary, formatSummary } from "./github.ts";
import { formatClassPage } from "./class-page.ts";
import { formatGradesCsv, makeGrade } from "./grades.ts";
import { formatGradescope } from "./gradescope.ts";
import { readPoints } from "./points.ts";

const here = mkdtempSync(join(tmpdir(), "ftconform-points-"));
afterAll(() => rmSync(here, { recursive: true, force: true }));

function gradeOf(
  results: readonly Result[],
  toml?: string,
  options = { server: "a", client: "b" },
) {
  const path = join(here, "points.toml");
  if (toml !== undefined) writeFileSync(path, toml);
  const submission = { name: HOSTILE, file: "x", others: { [HOSTILE]: `=${HOSTILE}` } };
  const about = {
    schema: 1,
    place: 1,
    of: 1,
    submission,
    when: "2026-01-01T00:00:00.000Z",
  } as const;
  // A selected rule without a result is inconclusive.
  const only = results.map(({ id }) => id).join(",") || "S2.1";
  const points = readPoints(toml === undefined ? undefined : path);
  return makeGrade({
    ...about,
    points,
    options: { ...options, only },
    run: { results, seconds: 1.4 },
    buildLog: HOSTILE,
  });
}

const all = REQUIREMENTS.filter(({ id }) => id.startsWith("S")).map(({ id }) => sample(id));
const item = (rules: string, more = "", points = 9): string =>
  `[[item]]\nname = "x"\nrules = ${rules}\npoints = ${points}\n${more}\n`;

test("the default adds up to 100, and a program that passes all rules of the assignment earns it", () => {
  expect(readPoints(undefined).items.reduce((sum, { points }) => sum + points, 0)).toBe(100);
  const { score } = gradeOf(all);
  expect([score.earned, score.max]).toEqual([100, 100]);
  const others = all.map((one): Result => ({ ...one, verdict: "inconclusive" }));
  expect(gradeOf(others).score.earned).toBe(0);
});

/** Line ends stay. */
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
const NA = { verdict: "not-applicable" } as const;
const OPEN = { verdict: "inconclusive" } as const;
const FAIL = { verdict: "fail", expected: "", observed: "" } as const;

const cases: [string, string, Result[], number][] = [
  ["a share of a step", item('["S1"]'), [sample("S1.1"), sample("S1.2", FAIL), sample("S1.3")], 6],
  ["a SHOULD that only its step names", item('["S1"]'), [sample("S1.1"), sample("S1.5", FAIL)], 9],
  ["a SHOULD that is named", item('["S1.1", "S1.5"]'), [sample("S1.1"), sample("S1.5", FAIL)], 4.5],
  [
    "all or nothing",
    `mode = "all-or-nothing"\n${item('["S1"]')}`,
    [sample("S1.1"), sample("S1.2", FAIL)],
    0,
  ],
  [
    "a mode of its own",
    item('["S1"]', 'mode = "all-or-nothing"'),
    [sample("S1.1"), sample("S1.2", FAIL)],
    0,
  ],
  ["an inconclusive rule", item('["S1"]'), [sample("S1.1"), sample("S1.2", OPEN)], 4.5],
  [
    "a share for it",
    `inconclusive = 0.5\n${item('["S1"]')}`,
    [sample("S1.1"), sample("S1.2", OPEN)],
    6.75,
  ],
  ["a rule that does not apply", item('["S1"]'), [sample("S1.1"), sample("S1.2", NA)], 9],
  ["a named rule that does not apply", item('["S7.11"]'), [sample("S7.11", NA)], 0],
  [
    "one program of a step",
    item('["S7"]', 'role = "client"'),
    [sample("S7.4"), sample("S7.1", FAIL)],
    9,
  ],
  [
    "rules that another item names",
    item('["S7"]') + item('["S7.1"]', "", 1),
    [sample("S7.1", FAIL), sample("S7.2")],
    9,
  ],
  ["nothing that was tested", item('["S1"]'), [], 0],
];

test.each(cases)("points for %s", (_, toml, results, earned) =>
  expect(gradeOf(results, toml).score.earned).toBe(earned),
);

test("a client that was not handed in earns nothing of its step", () => {
  const results = [sample("S7.8"), sample("S7.9", NA)];
  expect(gradeOf(results, item('["S7"]'), { server: "a" } as never).score.earned).toBe(4.5);
});

test.each([
  ["", "there is no [[item]]"],
  [item('["S99"]'), 'x: there is no rule "S99"'],
  [item('["S1"]') + item('["S1"]'), 'two items have the rule "S1"'],
  [item('["S1"]', "point = 3"), 'x: the key "point" is unknown'],
  [
    item('["S1"]', 'visibility = "no"'),
    "x: visibility takes visible, hidden, after_due_date, after_published",
  ],
  [item('["S1"]', "", -1), "x: points takes a number from 0 to 1000000"],
  ["inconclusive = 2", "there is no [[item]]"],
])("%j is refused", (toml, why) => expect(() => gradeOf([], toml)).toThrow(why));

test("Gradescope's results have the documented keys alone, and their scores add up", () => {
  const results = JSON.parse(
    formatGradescope(
      gradeOf(all.map((one, at) => (at % 3 ? one : { ...one, ...FAIL, observed: HOSTILE }))),
    ),
  );
  expect(Object.keys(results).sort()).toEqual([
    "execution_time",
    "output",
    "output_format",
    "tests",
  ]);
  const keys = [
    "max_score",
    "name",
    "name_format",
    "number",
    "output",
    "output_format",
    "score",
    "status",
    "visibility",
  ];
  for (const one of results.tests) {
    expect(Object.keys(one).sort()).toEqual(keys);
    expect(one.score).toBeGreaterThanOrEqual(0);
    expect(one.score).toBeLessThanOrEqual(one.max_score);
    expect(one.status).toBe(one.score === one.max_score ? "passed" : "failed");
    expect(one.output).not.toMatch(CONTROLS);
  }
});

test("text of a submission stays text in the summary, the annotations, the page and the table", () => {
  const grade = gradeOf([sample("S7.1", { ...FAIL, observed: `\n::error::x%0A ${HOSTILE}` })]);
  expect(formatAnnotations([grade]).split("\n").length).toBe(2); // the rule, and the end
  expect(formatAnnotations([grade])).toContain("%250A");
  for (const text of [formatSummary(grade), formatClassSummary([grade]), formatClassPage([grade])])
    expect(text).not.toMatch(LIVE);
  expect(formatGradesCsv([grade])).toContain("\"'=<script>");
  expect(formatClassPage([grade])).toContain('href="x.html#S7.1"');
});
