// The four forms of a report: what they hold, and that nothing a subject wrote is alive in them.

import { expect, test } from "bun:test";
import type { Result } from "../../../conformance/index.ts";
import { formatJson, type JsonReport } from "./json.ts";
import { formatJunit } from "./junit.ts";
import { formatPage } from "../html/page.ts";
import { plain } from "./paint.ts";
import { makeReport } from "../model/report.ts";
import { HOSTILE, LIVE, REQUEST, RESULTS, RUN, sample, STRANGE } from "../model/sample.ts";
import { formatFailureText, formatTree } from "./tree.ts";

const QUICK = 2_000; // these look at data and nothing else
const report = makeReport(
  { options: REQUEST, program: "bun cmd/ftconform.ts" },
  RUN,
  new Date("2026-01-02T03:04:05Z"),
);
const text = formatTree(report, plain);
const forms = { tree: text, junit: formatJunit(report), page: formatPage(report) };

test.each(Object.entries(forms))(
  "nothing hostile is alive in the %s",
  (name, form) => {
    expect(HOSTILE).toMatch(LIVE);
    const drives =
      name === "tree" ? /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/ : LIVE;
    expect(drives.exec(form)).toBeNull();
  },
  QUICK,
);

test.each(Object.entries(forms))(
  "every rule is in the %s",
  (_, form) => expect(RESULTS.map(({ id }) => id).filter((id) => !form.includes(id))).toEqual([]),
  QUICK,
);

/** What a form makes of the quotes around bytes. */
const unquoted = (form: string): string =>
  form.replaceAll(/&quot;|&#34;|\\*"/g, "'").replaceAll("\\\\", "\\");

test.each(Object.entries({ ...forms, JSON: formatJson(report) }))(
  "bytes that the dialect does not explain are told in the %s",
  (name, form) => {
    expect(unquoted(form)).toContain(unquoted(STRANGE));
    // JUnit has no text for a case that passes.
    if (name !== "junit") expect(unquoted(form)).toContain("'150 ok' on P");
  },
  QUICK,
);

test(
  "the tree says each verdict in a word, and why",
  () => {
    expect(text).toContain("✗ fail         S7.19  MUST");
    expect(text).toContain("! fail         S7.22  SHOULD");
    expect(text).toContain("? inconclusive S7.10  MUST");
    expect(text).toContain("passed only when it was tried again on a fresh subject");
    expect(text).toContain("– not applicable: no client was given: MUST S8.1 S8.2");
    expect(text).toContain("Slowest answer: its end, 0.9 s (limit 5 s), in S1.1: case of S1.1");
    expect(text).toContain("✗ NOT CONFORMANT: Failed: S7.19, S7.20 (2 of 5 MUST rules).");
    expect(text).toMatch(/again: +bun \S*cmd\/ftconform.ts --server '.*' --only S7.20\n/);
  },
  QUICK,
);

/** The tree of a run with these results, without line breaks within a sentence. */
function treeOf(results: readonly Result[]): string {
  const about = { options: REQUEST, program: "bun cmd/ftconform.ts" };
  const run = { results: [...results], seconds: 1, log: "" };
  return formatTree(makeReport(about, run, new Date(0)), plain).replaceAll(/\n +/g, " ");
}

test(
  "rules of a step that share why they are inconclusive share a line",
  () => {
    const gone = { verdict: "inconclusive", reason: "./x cannot be run" } as const;
    const waits = { ...gone, dependsOn: ["S7.5"], reason: "Cannot be tested until S7.5 works" };
    const tree = treeOf([
      sample("S2.1"),
      sample("S1.1", gone),
      sample("S1.2", gone),
      sample("S1.5", gone),
      sample("S7.10", waits),
      sample("S7.12", waits),
    ]);
    expect(tree).toContain("? inconclusive: ./x cannot be run: MUST S1.1 S1.2; SHOULD S1.5");
    expect(tree).toContain("? inconclusive: cannot be tested until S7.5 works: MUST S7.10 S7.12");
  },
  QUICK,
);

test(
  "a program that cannot be run at all is one sentence",
  () => {
    const gone = { verdict: "inconclusive", reason: "./x cannot be run" } as const;
    const tree = treeOf([sample("S1.1", gone), sample("S7.8", gone)]);
    expect(tree).toMatch(/^\? INCONCLUSIVE: Nothing could be tested: .*\n$/);
  },
  QUICK,
);

test(
  "what else was seen is shown once if it differs only in numbers",
  () => {
    const remarks = ["150 port=1 on P", "150 port=22 on P", "226 on P"];
    const tree = treeOf([sample("S7.5", { remarks })]);
    expect(tree).toContain("also seen: 150 port=1 on P (and 1 more with other numbers)");
    expect(tree).toContain("also seen: 226 on P");
    expect(tree).not.toContain("port=22");
  },
  QUICK,
);

test(
  "without colours there are none, and with them only they are added",
  () => {
    const coloured = formatTree(report, (_, word) => `\x1b[31m${word}\x1b[39m`);
    expect(Bun.stripANSI(coloured)).toBe(text);
  },
  QUICK,
);

interface Suites {
  testsuites: { testsuite: { testcase: Case | Case[] }[]; [key: string]: unknown };
}
interface Case {
  "@name": string;
  failure?: { "#text": string; "@message": string };
}

test(
  "JUnit is XML, counts as it says, and holds the text of a failure",
  () => {
    const { testsuites } = Bun.XML.parse(forms.junit) as unknown as Suites;
    const [tests, failures, errors, skipped] = ["tests", "failures", "errors", "skipped"].map(
      (key) => Number(testsuites[`@${key}`]),
    );
    expect({ tests, failures, errors, skipped }).toEqual({
      tests: 10,
      failures: 2,
      errors: 1,
      skipped: 4,
    });
    const cases = testsuites.testsuite.flatMap(({ testcase }) => testcase);
    const failed = cases.find((one) => one["@name"] === "S7.20 MUST server: a missing file");
    const [one] = report.findings.find(({ id }) => id === "S7.20")?.results ?? [];
    // U+FFFE may not stand in XML at all.
    const words = formatFailureText(one!).replaceAll("\uFFFE", "\uFFFD");
    expect(failed?.failure?.["#text"]).toBe(words);
  },
  QUICK,
);

test(
  "JSON has the verdict, the counts and every case with its timeline",
  () => {
    const whole = JSON.parse(formatJson(report)) as JsonReport;
    expect(whole).toMatchObject({ schema: 2, verdict: "not conformant", exit: 1, seconds: 1.5 });
    expect(whole.rules.flatMap(({ cases }) => cases)).toHaveLength(RESULTS.length);
    const failed = whole.rules.find(({ id }) => id === "S7.20");
    expect(failed).toMatchObject({ step: 7, level: "MUST", verdict: "fail" });
    expect(failed?.cases[0]?.timeline).toHaveLength(10);
    expect(failed?.cases[0]?.text).toContain('observed:  "File not found" on Q');
    expect(whole.slowest).toEqual({ id: "S1.1", what: "its end", took: 900, limit: 5000 });
  },
  QUICK,
);

test(
  "the page loads nothing and runs nothing",
  () => {
    expect(forms.page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=/i);
    expect(forms.page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(forms.page).toContain("default-src 'none'");
  },
  QUICK,
);
