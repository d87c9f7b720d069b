// What to mend first: one fault can break many rules.

import type { Result } from "../../../conformance/index.ts";
import { shorten } from "../../../lib/text.ts";
import type { Report } from "./report.ts";

/** More than three things are a list, and nobody begins with a list. */
const MAX_CAUSES = 3;

/** What was seen is told in full where the failure is explained; here it is at most so long, in bytes. */
const MAX_EVIDENCE = 240;

/** Two sentences for each cause: what is wrong, and the evidence. The one to mend first comes first. */
export function findRootCauses({ findings }: Report): string[] {
  const results = findings.flatMap((one) => one.results).filter(({ level }) => level !== "INFO");
  return [...findCrashes(results), ...findBrokenRules(results)].slice(0, MAX_CAUSES);
}

/** A program that crashes cannot answer, whatever the rule is about. The crash of most rules comes first. */
function findCrashes(results: readonly Result[]): string[] {
  const kinds = Map.groupBy(
    results.filter(({ crash }) => crash),
    ({ role, crash }) => `${role} ${crash?.kind}`,
  );
  return [...kinds.values()].sort((a, b) => countRules(b) - countRules(a)).map(formatCrash);
}

function formatCrash(crashed: readonly Result[]): string {
  const [{ role, crash, title, id }, others] = [crashed[0] as Result, countRules(crashed) - 1];
  const more = others > 0 ? `, and in the tests of ${countWords(others, "other rule")}` : "";
  return `Your ${role} crashes: ${endSentence(crash?.words)} It does so in the test "${title}" of ${id}${more}.`;
}

/** MUST rules that fail without a crash: first those that others wait for, then by step. */
function findBrokenRules(results: readonly Result[]): string[] {
  const broken = results.filter(
    ({ verdict, level, crash }) => verdict === "fail" && level === "MUST" && !crash,
  );
  const waiting = (id: string) =>
    countRules(results.filter(({ dependsOn }) => dependsOn?.includes(id)));
  const rules = [...Map.groupBy(broken, ({ id }) => id).values()];
  const [first, rest] = [
    rules.filter(([one]) => waiting(one?.id ?? "") > 0),
    rules.filter(([one]) => waiting(one?.id ?? "") === 0),
  ];
  return [...first, ...rest].map(([one]) => formatRule(one as Result, waiting(one?.id ?? "")));
}

function formatRule({ id, rule, observed, title }: Result, waiting: number): string {
  const wait =
    waiting > 0 ? ` (${countWords(waiting, "rule")} cannot be tested until this works)` : "";
  return `${id} fails${wait}: ${endSentence(rule)} In the test "${title}": ${endSentence(observed)}`;
}

const countRules = (some: readonly Result[]): number => new Set(some.map(({ id }) => id)).size;

const countWords = (count: number, noun: string): string =>
  `${count} ${noun}${count > 1 ? "s" : ""}`;

function endSentence(text = ""): string {
  const short = shorten(text, MAX_EVIDENCE);
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
