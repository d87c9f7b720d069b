// A conversation that was inferred and not proved says nothing about a program.

import type { CommandKind, Dialect } from "../dialect/types.ts";
import { Inconclusive } from "../spec/verdict.ts";

export function needProved({ unproven }: Dialect, kind: CommandKind): void {
  const doubt = unproven?.[kind];
  if (doubt !== undefined) throw new Inconclusive(doubt);
}
