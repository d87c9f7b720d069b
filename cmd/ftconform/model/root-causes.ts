// What to mend first: one fault breaks many rules, and the report should not leave it to the reader to find it.

import type { Result } from "../../../conformance/runner/result.ts";
import type { Report } from "./report.ts";

/** From this many rules on it is worth a sentence of its own. */
const MANY = 2;

/** Sentences, those first that explain most. */
export function findRootCauses({ findings }: Report): string[] {
  const results = findings.flatMap((one) => one.results);
  return [...falls(results), ...bases(results)];
}

/** A server that broke down can answer nobody, whatever the rule is about. */
function falls(results: readonly Result[]): string[] {
  const fallen = results.filter(({ crash }) => crash !== undefined);
  const kinds = Map.groupBy(
    fallen,
    ({ crash = "" }) => /[\w.]*(Error|Exception)/.exec(crash)?.[0] ?? crash,
  );
  return ranked(kinds).map(([kind, ids]) => {
    const example = kinds.get(kind)?.[0]?.crash ?? kind;
    return `The server broke down where ${ids.join(", ")} were judged, for example so: ${example}.`;
  });
}

/** Rules that could not be judged, since another one is broken. */
function bases(results: readonly Result[]): string[] {
  const open = results.filter(({ verdict, level }) => verdict === "no-verdict" && level !== "INFO");
  const blamed = Map.groupBy(open, ({ reason = "" }) => /^it rests on ([^:]+):/.exec(reason)?.[1]);
  blamed.delete(undefined);
  return ranked(blamed).map(
    ([base, ids]) =>
      `Until ${base} ${are(base?.split(", ") ?? [])} met, ${ids.join(", ")} cannot be judged.`,
  );
}

const are = ({ length }: readonly string[]): string => (length === 1 ? "is" : "are");

function ranked<T>(groups: Map<T, Result[]>): [T, string[]][] {
  const named = [...groups].map(([key, some]): [T, string[]] => [key, idsOf(some)]);
  return named.filter(([, ids]) => ids.length >= MANY).sort(([, a], [, b]) => b.length - a.length);
}

const idsOf = (some: readonly Result[]): string[] => [...new Set(some.map(({ id }) => id))];
