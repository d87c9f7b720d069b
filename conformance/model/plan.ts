// A run against a server, as data: the files of its directory, and what one client after another does.

import { describeFile, type FilePlan } from "./content.ts";

/** Where a client leaves without waiting for the end. */
export const STAGES = ["at once", "half a command", "the command", "Q is open", "data"] as const;
export type Stage = (typeof STAGES)[number];

export interface Departure {
  at: Stage;
  /** FIN, or RST. */
  how: "close" | "abort";
}

/** What one client does. */
export interface Visit {
  act: "list" | "get" | "invalid" | "nearly right";
  /** The FILENAME of `get`; whether it exists follows from the directory at that time. */
  file?: string;
  /** The bytes of a request that is nearly right: the real one with one change. */
  change?: number;
  departure?: Departure;
  /** Nobody listens on its data port. */
  isDeaf?: boolean;
}

/** These clients come at once, after the directory has changed. */
export interface Round {
  visits: Visit[];
  add?: FilePlan[];
  remove?: string[];
}

export interface Plan {
  files: FilePlan[];
  rounds: Round[];
}

export const countVisits = ({ rounds }: Plan): number =>
  rounds.reduce((sum, { visits }) => sum + visits.length, 0);

const describeVisit = ({ act, file, departure, isDeaf, change }: Visit): string => {
  const what = act === "get" ? `-g ${file}` : act === "list" ? "-l" : `${act} command`;
  const how = departure?.how === "abort" ? "RST" : "FIN";
  return [
    change === undefined ? what : `${what} ${change}`,
    ...(isDeaf ? ["without a listener for Q"] : []),
    ...(departure ? [`leaves by ${how} after: ${departure.at}`] : []),
  ].join(", ");
};

/** Steps that are told; a run that stays longer is told by its ends. */
const MOST_TOLD = 16;

/** One line, for a person: `"a.txt" (1024 bytes); 1. -g a.txt; 2. -l and -g a.txt at once`. */
export function describePlan({ files, rounds }: Plan): string {
  const steps = rounds.flatMap(({ visits, add = [], remove = [] }) => [
    ...add.map((file) => `the file ${describeFile(file)} appears`),
    ...remove.map((name) => `the file ${JSON.stringify(name)} goes`),
    ...(visits.length > 0 ? [visits.map(describeVisit).join(" and at once ")] : []),
  ]);
  const all = [...files.map((file) => `the file ${describeFile(file)}`), ...steps];
  const told = all.map((step, at) => `(${at + 1}) ${step}`);
  const left = told.length - MOST_TOLD;
  return left > 0
    ? `${told.slice(0, MOST_TOLD / 2).join(" ")} … ${told.slice(-MOST_TOLD / 2).join(" ")}`
    : told.join(" ");
}
