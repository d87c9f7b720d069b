// Simpler runs than a given one: fewer clients, one after the other, fewer and smaller files, simpler names.

import { type FilePlan, isText, SIZES } from "./content.ts";
import { SIMPLE_NAME } from "./oracle.ts";
import { countVisits, type Plan, type Round, STAGES, type Visit } from "./plan.ts";
import { leaveOut } from "./shrink.ts";

/** Every run here is simpler by some measure that only falls, so shrinking ends. */
export function* simplifyPlan(plan: Plan): Generator<Plan> {
  const named = new Set(plan.rounds.flatMap(({ visits }) => visits.map(({ file }) => file)));
  const needed = plan.files.filter(({ name }) => named.has(name));
  if (needed.length < plan.files.length) yield { ...plan, files: needed };
  yield* simplifyRounds(plan);
  for (const files of leaveOut(plan.files)) yield { ...plan, files };
  for (const file of listFiles(plan))
    for (const simpler of simplifyFile(file)) yield replaceFile(plan, file, simpler);
  yield* simplifyVisits(plan);
}

function* simplifyRounds(plan: Plan): Generator<Plan> {
  for (const rounds of leaveOut(plan.rounds))
    if (countVisits({ ...plan, rounds }) > 0) yield { ...plan, rounds };
  const flat = plan.rounds.flatMap(separate);
  if (flat.length > plan.rounds.length) yield { ...plan, rounds: flat };
  for (const [at, round] of plan.rounds.entries())
    if (round.visits.length > 1)
      for (const visits of leaveOut(round.visits))
        yield replaceRound(plan, at, { ...round, visits });
  for (const [at, { visits, add = [], remove = [] }] of plan.rounds.entries()) {
    for (const less of leaveOut(add)) yield replaceRound(plan, at, { visits, add: less, remove });
    for (const less of leaveOut(remove))
      yield replaceRound(plan, at, { visits, add, remove: less });
  }
}

/** Clients that came at once come one after the other. */
const separate = ({ visits, ...change }: Round): Round[] =>
  visits.map((visit, at) => (at === 0 ? { ...change, visits: [visit] } : { visits: [visit] }));

const replaceRound = (plan: Plan, at: number, round: Round): Plan => ({
  ...plan,
  rounds: plan.rounds.with(at, round),
});

const listFiles = ({ files, rounds }: Plan): FilePlan[] => [
  ...files,
  ...rounds.flatMap(({ add = [] }) => add),
];

function* simplifyFile(file: FilePlan): Generator<FilePlan> {
  if (file.kind !== "lines") yield { ...file, kind: "lines" };
  if (!isText(file.kind) && file.kind !== "NUL") yield { ...file, kind: "NUL" };
  const half = Math.floor(file.size / 2);
  const sizes = new Set([1, 10, half, ...SIZES.filter((size) => size > half)]);
  for (const size of sizes) if (size < file.size && size > 0) yield { ...file, size };
  if (file.name !== SIMPLE_NAME) yield { ...file, name: SIMPLE_NAME };
}

/** The file under its new name, wherever it is named; two files never get one name. */
function replaceFile(plan: Plan, old: FilePlan, file: FilePlan): Plan {
  const isTaken = file.name !== old.name && listFiles(plan).some(({ name }) => name === file.name);
  const name = isTaken ? old.name : file.name;
  const rename = (one: string): string => (one === old.name ? name : one);
  const swap = (one: FilePlan): FilePlan => (one === old ? { ...file, name } : one);
  return {
    files: plan.files.map(swap),
    rounds: plan.rounds.map(({ visits, add, remove }) => ({
      visits: visits.map((visit) => ({
        ...visit,
        ...(visit.file && { file: rename(visit.file) }),
      })),
      ...(add && { add: add.map(swap) }),
      ...(remove && { remove: remove.map(rename) }),
    })),
  };
}

function* simplifyVisits(plan: Plan): Generator<Plan> {
  for (const [at, round] of plan.rounds.entries())
    for (const [index, visit] of round.visits.entries())
      for (const simpler of simplifyVisit(visit))
        yield replaceRound(plan, at, { ...round, visits: round.visits.with(index, simpler) });
}

function* simplifyVisit(visit: Visit): Generator<Visit> {
  const { departure, isDeaf, ...stays } = visit;
  if (departure || isDeaf) yield stays;
  if (departure?.how === "abort") yield { ...visit, departure: { ...departure, how: "close" } };
  const at = departure ? STAGES.indexOf(departure.at) : 0;
  const earlier = STAGES.slice(0, at)[0];
  if (departure && earlier) yield { ...visit, departure: { ...departure, at: earlier } };
  if (visit.act === "get" && !departure && !isDeaf) yield { act: "list" };
}
