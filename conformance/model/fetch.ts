// A run against a client, as data: what it asks for, how its server behaves, and what is in its directory before.

import { describeFile, type FilePlan } from "./content.ts";

/** What the server does. `share` is how much of the payload it sends. */
export type Behaviour =
  | { act: "honest" }
  /** Pieces of this size, a pause between them. */
  | { act: "slow"; piece: number }
  | { act: "refuse" }
  | { act: "cut"; share: number; how: End }
  /** It dies before this step of the conversation. */
  | { act: "die"; step: number; how: End };

/** FIN, as the kernel ends the connections of a process that dies, or RST. */
export type End = "close" | "abort";

/** What has the name of the file already. */
export type Before = "file" | "empty file" | "read-only file" | "link" | "directory";

export interface Fetch {
  kind: "get" | "list";
  file: FilePlan;
  /** For a listing. */
  names?: string[];
  behaviour: Behaviour;
  before?: Before;
}

const WORDS: Record<Behaviour["act"], string> = {
  honest: "the server is honest",
  slow: "the server sends slowly",
  refuse: "the server refuses",
  cut: "the server dies within the data",
  die: "the server dies",
};

function describeBehaviour(one: Behaviour): string {
  const word = WORDS[one.act];
  const how = "how" in one ? ` by ${one.how === "abort" ? "RST" : "FIN"}` : "";
  if (one.act === "slow") return `${word}, ${one.piece} bytes at a time`;
  if (one.act === "cut") return `${word}${how} after ${Math.round(one.share * 100)} % of them`;
  return one.act === "die" ? `${word}${how} before step ${one.step + 1}` : word;
}

const describeFetch = ({ kind, file, names = [], behaviour, before }: Fetch): string =>
  [
    kind === "get" ? `-g ${describeFile(file)}` : `-l of ${names.length} names`,
    ...(before ? [`a ${before} has this name`] : []),
    describeBehaviour(behaviour),
  ].join(", ");

export const describeFetches = (all: readonly Fetch[]): string =>
  all.map((one, at) => `(${at + 1}) ${describeFetch(one)}`).join(" ");
