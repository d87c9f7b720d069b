// The kinds of runs against a server: each looks where one rule may break.

import { applies } from "../spec/verdict.ts";
import { isSequential } from "../subject/config.ts";
import type { Draw } from "./draw-files.ts";
import type { Profile } from "./explore.ts";
import { leaveOutBroken, needWorkingSteps } from "./calibrate.ts";
import { Limits } from "./limits.ts";
import { countVisits, describePlan, type Plan, type Round, type Visit } from "./plan.ts";
import { playPlan } from "./play.ts";
import { simplifyPlan } from "./simplify.ts";
import type { Violation } from "./violation.ts";

export interface RunOptions {
  /** Whether to look at the directory at the end. */
  checksDirectory?: boolean;
  hasOtherCases?: boolean;
}

/** A kind of runs from the way to draw them. */
export const serverRuns = (
  draw: Draw,
  { checksDirectory = false, hasOtherCases = false }: RunOptions = {},
): Profile<Plan> => ({
  draw: async (random, context, id) => {
    const isSlow = hasOtherCases && isSequential(context.config);
    applies(!isSlow, "with a fixed port, the cases of its step are enough");
    const plan = draw(random, new Limits(context));
    await needWorkingSteps(context, plan, { id, hasOtherCases });
    return plan;
  },
  play: async (context, run, until) =>
    playPlan(context, await leaveOutBroken(context, run), { until, checksDirectory }),
  simplify: simplifyPlan,
  narrow: ({ files, rounds }, step, count) => ({
    files,
    rounds: rounds.slice(Math.max(0, step + 1 - count), step + 1),
  }),
  describe: describePlan,
  blame,
});

/** What one client alone shows is its own rule. What it takes others to show is about the next client. */
function blame(plan: Plan, { rule, isUnserved, step }: Violation): string {
  if (countVisits(plan) <= 1 || rule === "S7.26") return rule;
  // The listing of a directory that has changed, or a name beside a similar one, needs no other client.
  if (!isUnserved) return rule === "S7.8" && plan.rounds.some(hasChange) ? rule : "S9.8";
  const before = plan.rounds.slice(0, step ?? -1).flatMap(({ visits }) => visits);
  if (before.some(({ departure, isDeaf }) => departure !== undefined || isDeaf)) return "S9.3";
  if (plan.rounds.some(({ visits }) => visits.length > 1)) return "S9.8";
  return before.every((visit) => isSuccess(visit, plan)) ? "S9.1" : "S9.2";
}

const hasChange = ({ add = [], remove = [] }: Round): boolean => add.length + remove.length > 0;

const isSuccess = ({ act, file }: Visit, { files, rounds }: Plan): boolean =>
  act === "list" ||
  (act === "get" &&
    [...files, ...rounds.flatMap(({ add = [] }) => add)].some(({ name }) => name === file));
