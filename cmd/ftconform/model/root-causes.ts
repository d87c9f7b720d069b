// What to fix first: one fault can break many rules.

import type { Result } from "../../../conformance/index.ts";
import type { Report } from "./report.ts";

/** From this many rules on a common cause is worth a sentence. */
const MANY = 2;

/** One sentence for each cause, the cause of most results first. */
export function findRootCauses({ findings }: Report): string[] {
  const results = findings.flatMap((one) => one.results);
  return [...crashes(results), ...dependencies(results)];
}

/** A program that crashes cannot answer, whatever the rule is about. */
function crashes(results: readonly Result[]): string[] {
  return (["server", "client"] as const).flatMap((role) => crashesOf(role, results));
}

function crashesOf(role: Result["role"], results: readonly Result[]): string[] {
  const crashed = results.filter((one) => one.role === role && one.crash !== undefined);
  const kinds = Map.groupBy(crashed, ({ crash }) => crash?.kind ?? "");
  return rank(kinds).map(([kind, ids]) => {
    const { signal, words = "" } = kinds.get(kind)?.[0]?.crash ?? {};
    const example = signal === kind ? "" : ` For example: ${words.replace(/\.$/, "")}.`;
    return `Your ${role} crashed (${kind}) in tests ${list(ids)}. Fix this first.${example}`;
  });
}

/** Rules that cannot be tested because another one is broken. */
function dependencies(results: readonly Result[]): string[] {
  const open = results.filter(({ dependsOn, level }) => dependsOn && level !== "INFO");
  const bases = Map.groupBy(open, ({ dependsOn = [] }) => list(dependsOn));
  return rank(bases).map(([base, ids]) => {
    const verb = bases.get(base)?.[0]?.dependsOn?.length === 1 ? "works" : "work";
    return `Until ${base} ${verb}, ${list(ids)} cannot be tested.`;
  });
}

function rank(groups: Map<string, Result[]>): [string, string[]][] {
  const named = [...groups].map(([key, some]): [string, string[]] => [key, idsOf(some)]);
  return named.filter(([, ids]) => ids.length >= MANY).sort(([, a], [, b]) => b.length - a.length);
}

const idsOf = (some: readonly Result[]): string[] => [...new Set(some.map(({ id }) => id))];

/** `S5.3, S9.1 and S9.3`. */
const list = (ids: readonly string[]): string =>
  [ids.slice(0, -1).join(", "), ids.at(-1)].filter(Boolean).join(" and ");
