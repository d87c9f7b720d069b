// The one table that everything reads: each numbered sentence of PROTOCOL.md, with a hint beside it.

import hints from "./hints.toml";
import PROTOCOL from "./PROTOCOL.md" with { type: "text" };

export type Level = "MUST" | "SHOULD" | "MAY";
export type Role = "server" | "client";

export interface Requirement {
  /** S for the assignment or N for the native dialect, then the assignment's step. */
  id: string;
  level: Level;
  role: Role | "both";
  rule: string;
  /** Where a student looks first when the rule is broken. */
  hint: string;
}

export { PROTOCOL };

// The rules stand once, in PROTOCOL.md: a second copy of a hundred sentences would drift away.
const SENTENCE = /^- \*\*([SN]\d\.\d+)\*\* (server|client|both) (MUST|SHOULD|MAY): (.+)$/gm;

export const REQUIREMENTS: readonly Requirement[] = [...PROTOCOL.matchAll(SENTENCE)].map(
  ([, id = "", role, level, rule = ""]) => ({
    id,
    level: level as Level,
    role: role as Requirement["role"],
    rule,
    hint: (hints as Record<string, string>)[id] ?? "",
  }),
);

const byId = new Map(REQUIREMENTS.map((requirement) => [requirement.id, requirement]));

export function requirement(id: string): Requirement {
  const found = byId.get(id);
  if (!found) throw new Error(`PROTOCOL.md has no sentence ${id}`);
  return found;
}

/** B ids only inform: they are about what the assignment does not ask for. */
export const isProbe = (id: string): boolean => id.startsWith("B");
export const isNative = (id: string): boolean => id.startsWith("N");
export const stepOf = (id: string): number => Number(/\d/.exec(id)?.[0]);
