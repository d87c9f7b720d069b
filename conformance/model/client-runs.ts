// The kinds of runs against a client: each looks where one rule may break.

import { join } from "node:path";
import { writeFileSync } from "node:fs";
import type { CaseContext } from "../harness/context.ts";
import type { Judge } from "./client-oracle.ts";
import { isText, SIZES } from "./content.ts";
import type { Profile } from "./explore.ts";
import type { DrawFetches } from "./draw-fetches.ts";
import { describeFetches, type Fetch } from "./fetch.ts";
import { Home } from "./home.ts";
import { Limits } from "./limits.ts";
import { SIMPLE_NAME } from "./oracle.ts";
import { playFetch } from "./serve.ts";
import { leaveOut } from "./shrink.ts";
import type { Violation } from "./violation.ts";

export const clientRuns = (draw: DrawFetches, judge: Judge): Profile<Fetch[]> => ({
  draw: (random, context) => {
    const limits = new Limits(context);
    return draw(random, context).filter(({ kind, file }) => kind === "list" || limits.allows(file));
  },
  play: (context, run, until) => playFetches(context, run, judge, until),
  simplify: simplifyFetches,
  narrow: (run, step, count) => run.slice(Math.max(0, step + 1 - count), step + 1),
  describe: describeFetches,
  blame: (_, { rule }) => rule,
});

/** Files of the user beside the one that is fetched, with names that are similar to it. */
const BYSTANDERS = ["File1.txt", "file1.txt.bak", "file", "file1", "list.txt"];

async function playFetches(
  context: CaseContext,
  run: readonly Fetch[],
  judge: Judge,
  until: number,
): Promise<Violation | undefined> {
  const home = new Home(context.files.home);
  for (const name of BYSTANDERS) writeFileSync(join(home.path, name), `the user's own ${name}\n`);
  for (const [step, fetch] of run.entries()) {
    if (performance.now() > until) break;
    const violation = judge(await playFetch(context, home, fetch), context);
    if (violation) return { ...violation, step };
  }
  return undefined;
}

function* simplifyFetches(run: Fetch[]): Generator<Fetch[]> {
  for (const less of leaveOut(run)) if (less.length > 0) yield less;
  for (const [at, fetch] of run.entries())
    for (const simpler of simplifyFetch(fetch)) yield run.with(at, simpler);
}

function* simplifyFetch(fetch: Fetch): Generator<Fetch> {
  const { file, behaviour, names = [] } = fetch;
  if (behaviour.act === "slow") yield { ...fetch, behaviour: { act: "honest" } };
  if (fetch.kind === "list")
    for (const less of leaveOut(names)) if (less.length > 0) yield { ...fetch, names: less };
  if (fetch.kind === "list") return;
  const smaller = [
    1,
    10,
    Math.floor(file.size / 2),
    ...SIZES.filter((size) => size > file.size / 2),
  ];
  for (const size of smaller)
    if (size > 0 && size < file.size) yield { ...fetch, file: { ...file, size } };
  if (file.kind !== "lines" && isText(file.kind))
    yield { ...fetch, file: { ...file, kind: "lines" } };
  if (file.name !== SIMPLE_NAME) yield { ...fetch, file: { ...file, name: SIMPLE_NAME } };
}
