// What a failure says: the rule, what came instead, where to look, what happened, and how to see it again.

import type { SuiteConfig } from "../subject/config.ts";
import { OWN } from "../subject/config.ts";
import { commandFor, variable } from "../subject/capability.ts";
import { capabilityOf, type TestCase } from "../harness/test-case.ts";
import type { Result } from "./result.ts";
import { type Moment, Timeline } from "../net/timeline.ts";

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** One line to paste: just this requirement, against just this subject. */
export function formatRerunLine(one: TestCase, bench: SuiteConfig, env = Bun.env): string {
  const subject = bench[one.role];
  const name = one.role === "server" ? "FT_SERVER" : "FT_CLIENT";
  const wanted = capabilityOf(one);
  const extra = wanted && variable(one.role, wanted);
  const own = subject === OWN[one.role];
  const kept = ["FT_DIALECT", "FT_ANSWER", "FT_PATIENCE", "FT_STRICT"] as const;
  const pairs = [
    ["FT_ONLY", one.id],
    ...(subject && !own ? [[name, subject]] : []),
    ...(wanted && !own ? [[extra, commandFor(one.role, wanted, bench.extras)]] : []),
    ...(wanted === "login" && !own && bench.extras?.FT_USERS
      ? [["FT_USERS", bench.extras.FT_USERS]]
      : []),
    ...kept.flatMap((key) => (env[key] === undefined ? [] : [[key, env[key]]])),
  ];
  const set = pairs.map(
    ([key = "", value = ""]) => `${key}=${plain(value) ? value : quote(value)}`,
  );
  return `${set.join(" ")} bun test conformance`;
}

const plain = (text: string): boolean => /^[\w.:/-]+$/.test(text);

const MOST = 60; // moments: a flood of them would hide the ones that matter

function drawn(moments: readonly Moment[]): string {
  const timeline = new Timeline();
  const skipped = moments.length - MOST;
  const half = MOST / 2;
  if (skipped <= 0) timeline.moments.push(...moments);
  else {
    const at = moments[half]?.at ?? 0;
    const gap = { at, track: "suite", actor: "suite", kind: "note" } as const;
    const text = `… ${skipped} more …`;
    timeline.moments.push(...moments.slice(0, half), { ...gap, text }, ...moments.slice(-half));
  }
  return timeline.toString();
}

/** The text of a failure, the same on the screen and in JUnit. */
export function formatFailure(one: Result): string {
  const { id, level, role, rule, title, hint } = one;
  const twice = one.retried ? " (and again on a fresh subject)" : "";
  const came = one.reason
    ? [`inconclusive: ${one.reason}`]
    : [`expected: ${one.expected ?? ""}`, `observed: ${one.observed ?? ""}${twice}`];
  return [
    `${id} ${level} (${role}): ${rule}`,
    `case:     ${title}`,
    ...came,
    ...(one.crash ? [`beside:   the server broke down: ${one.crash.words}`] : []),
    ...(one.remarks ?? []).map((remark) => `beside:   ${remark}`),
    `look at:  ${hint}`,
    "timeline, P and Q as the suite saw them (-> from the suite, <- from the subject):",
    drawn(one.timeline),
    `again:    ${one.again}`,
  ].join("\n");
}
