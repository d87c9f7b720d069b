// The report as JUnit's XML: a suite for each step, a case for each case.

import type { Result } from "../../../conformance/index.ts";
import { type Finding, STEPS } from "../model/finding.ts";
import { badgeOf } from "./paint.ts";
import type { Report } from "../model/report.ts";
import { formatFailureText } from "./tree.ts";
import { escapeXml, escapeXmlLines } from "./xml.ts";

/**
 * A MUST that fails is a failure, and an inconclusive result is an error. A SHOULD that fails and a rule that is not applicable are
 * skipped, since they do not decide; the SHOULD has its text as output.
 */
export function formatJunit({ request, ...report }: Report): string {
  const { findings, conclusion, sentence, seconds, when } = report;
  const { strict = false } = request;
  const steps = [...Map.groupBy(findings, ({ step }) => step)];
  const results = findings.flatMap((one) => one.results);
  const about = attributes({ name: "ftconform", ...totals(results, strict), time: seconds });
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites ${about} timestamp="${when.toISOString().slice(0, 19)}">`,
    ...steps.map(([step, found]) => formatSuite(step, found, `${conclusion}: ${sentence}`, strict)),
    "</testsuites>\n",
  ].join("\n");
}

function formatSuite(
  step: number,
  found: readonly Finding[],
  verdict: string,
  strict: boolean,
): string {
  const results = found.flatMap((one) => one.results);
  const name = `${step <= 9 ? `step ${step}: ` : ""}${STEPS[step]}`;
  const property = `<property ${attributes({ name: "verdict", value: verdict })}/>`;
  return [
    `  <testsuite ${attributes({ name, ...totals(results, strict), time: 0 })}>`,
    `    <properties>${property}</properties>`,
    ...results.map((one) => formatCase(step, one, strict)),
    "  </testsuite>",
  ].join("\n");
}

function formatCase(step: number, one: Result, strict: boolean): string {
  const name = `${one.id} ${one.level} ${one.role}: ${one.title}`;
  const about = attributes({ name, classname: `conformance.step${step}`, time: 0 });
  const body = formatOutcome(one, strict);
  return body ? `    <testcase ${about}>${body}</testcase>` : `    <testcase ${about}/>`;
}

function formatOutcome(one: Result, strict: boolean): string {
  const { word } = badgeOf(one);
  const text = (): string => escapeXmlLines(formatFailureText(one));
  const message = `${one.id} ${word}: ${one.reason ?? `expected ${one.expected}; observed ${one.observed}`}`;
  if (isFailure(one, strict)) return element("failure", { message, type: word }, text());
  if (one.verdict === "inconclusive") return element("error", { message, type: word }, text());
  if (one.verdict === "not-applicable") return element("skipped", { message });
  const again = one.retried
    ? element("system-out", {}, "passed only when it was tried again on a fresh subject")
    : "";
  return one.verdict === "pass"
    ? again
    : element("skipped", { message }) + element("system-out", {}, text());
}

const isFailure = ({ verdict, level }: Result, strict: boolean): boolean =>
  verdict === "fail" && (level === "MUST" || (strict && level === "SHOULD"));

function totals(results: readonly Result[], strict: boolean): Record<string, number> {
  const count = (check: (one: Result) => boolean): number => results.filter(check).length;
  const failures = count((one) => isFailure(one, strict));
  const errors = count(({ verdict }) => verdict === "inconclusive");
  const passed = count(({ verdict }) => verdict === "pass");
  return {
    tests: results.length,
    failures,
    errors,
    skipped: results.length - failures - errors - passed,
  };
}

const attributes = (pairs: Record<string, string | number>): string =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}="${escapeXml(String(value))}"`)
    .join(" ");

function element(name: string, pairs: Record<string, string>, text = ""): string {
  const about = attributes(pairs);
  return `<${name}${about ? ` ${about}` : ""}>${text}</${name}>`;
}
