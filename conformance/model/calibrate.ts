// What a server does for one client alone: a step that does not work alone says nothing about others.

import { CaseContext } from "../harness/context.ts";
import { applies, Failed, need } from "../spec/verdict.ts";
import type { SuiteConfig } from "../subject/config.ts";
import type { Plan, Visit } from "./plan.ts";
import { playPlan } from "./play.ts";
import type { Violation } from "./violation.ts";

type Kind = "list" | "get" | "missing" | "invalid";

const FILE = { name: "file1.txt", kind: "lines", size: 40, salt: 1 } as const;
const ALONE: Record<Kind, Visit> = {
  list: { act: "list" },
  get: { act: "get", file: FILE.name },
  missing: { act: "get", file: "missing.txt" },
  invalid: { act: "invalid" },
};

/** What is wrong with each kind of step alone; a kind that works is not in it. */
type Faults = Map<Kind | "second", Violation>;

const known = new WeakMap<SuiteConfig, Promise<Faults>>();

/** Asks a server once in a run of the suite. */
function findFaults({ config }: CaseContext): Promise<Faults> {
  const faults = known.get(config) ?? calibrate(config);
  known.set(config, faults);
  faults.catch(() => known.delete(config)); // it may start the next time
  return faults;
}

async function calibrate(config: SuiteConfig): Promise<Faults> {
  const faults: Faults = new Map();
  for (const [kind, visit] of Object.entries(ALONE) as [Kind, Visit][]) {
    await using context = new CaseContext(config, "server");
    // Twice: what only the second client meets is about the second client.
    const repeats = kind === "list" || kind === "get" ? 2 : 1;
    const rounds = Array.from({ length: repeats }, () => ({ visits: [visit] }));
    const violation = await playPlan(context, { files: [FILE], rounds }, { until: Infinity });
    if (violation?.step === 0) faults.set(kind, violation);
    else if (violation?.isUnserved) faults.set("second", { ...violation, rule: "S9.1" });
  }
  return faults;
}

export interface Judged {
  id: string;
  /** Other cases judge the rule as well, so that it is not left without a verdict if this one cannot be played. */
  hasOtherCases: boolean;
}

/** Throws if nothing is left of the run without the steps that do not work alone. */
export async function needWorkingSteps(
  context: CaseContext,
  plan: Plan,
  { id, hasOtherCases }: Judged,
): Promise<void> {
  const faults = await findFaults(context);
  const { rounds } = await leaveOutBroken(context, plan);
  const isJudged = rounds.some(({ visits }) => visits.some(({ departure }) => !departure));
  const [first] = faults.values();
  const fault = faults.get("second") ?? (isJudged ? undefined : first);
  if (fault?.rule === id) throw new Failed(fault.expected, fault.observed, fault.at);
  applies(!fault || !hasOtherCases, `it needs a server that follows ${fault?.rule}`);
  need(!fault, fault?.rule ?? [], fault?.observed ?? "");
}

/** The run without the steps that do not work alone. */
export async function leaveOutBroken(context: CaseContext, plan: Plan): Promise<Plan> {
  const faults = await findFaults(context);
  const { files, rounds } = plan;
  const added = rounds.flatMap(({ add = [] }) => add);
  const names = new Set([...files, ...added].map(({ name }) => name));
  const isGood = (visit: Visit): boolean =>
    visit.departure !== undefined || !faults.has(kindOf(visit, names));
  const kept = rounds.map((round) => ({ ...round, visits: round.visits.filter(isGood) }));
  return { files, rounds: kept };
}

function kindOf({ act, file = "" }: Visit, names: ReadonlySet<string>): Kind {
  if (act === "list" || act === "invalid") return act;
  return act === "nearly right" || names.has(file) ? "get" : "missing";
}

/** Throws if the server serves neither a listing nor a file. */
export async function needService(context: CaseContext): Promise<void> {
  const faults = await findFaults(context);
  const [list, get] = [faults.get("list"), faults.get("get")];
  const fault = faults.get("second") ?? (get && list);
  need(!fault, fault?.rule ?? [], fault?.observed ?? "");
}
