// The class as one JSON file for programs. Its shape is `ClassFile`; a change that breaks a reader raises `schema`.

import manifest from "../../../package.json" with { type: "json" };
import type { Verdict } from "../../../conformance/index.ts";
import type { Conclusion } from "../model/report.ts";
import { type Grade, listRules, verdictOf } from "./grades.ts";

export interface ClassFile {
  schema: 1;
  tool: string;
  /** How many submissions the class has, and the places of those without a record: of a shard that is not here. */
  of: number;
  missing: number[];
  /** How many submissions have each verdict of a rule; the rule that most of them fail comes first. */
  rules: RuleCounts[];
  submissions: {
    place: number;
    name: string;
    /** The name of its files, without their endings. */
    file: string;
    line?: number;
    /** The columns of the list that mean nothing to ftconform. */
    others: Readonly<Record<string, string>>;
    verdict: Conclusion;
    /** Null if a signal ended the run before its verdict. */
    points: number | null;
    max: number;
    items: { name: string; points: number; max: number }[];
    rules: Record<string, Verdict>;
    /** Absent if nothing could be started; ISO 8601, UTC. */
    when?: string;
    seconds?: number;
  }[];
}

export interface RuleCounts extends Record<"pass" | "fail" | "inconclusive", number> {
  id: string;
}

export function formatClassFile(grades: readonly Grade[]): string {
  const file: ClassFile = {
    ...{ schema: 1, tool: `ftconform ${manifest.version}` },
    of: grades[0]?.of ?? 0,
    missing: findMissing(grades),
    rules: countRules(grades),
    submissions: grades.map(describe),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** The places of the class for which there is no grade. */
export function findMissing(grades: readonly Grade[]): number[] {
  const present = new Set(grades.map(({ place }) => place));
  const all = Array.from({ length: grades[0]?.of ?? 0 }, (_, index) => index + 1);
  return all.filter((place) => !present.has(place));
}

export function countRules(grades: readonly Grade[]): RuleCounts[] {
  const count = (id: string, verdict: Verdict): number =>
    grades.filter((grade) => verdictOf(grade, id) === verdict).length;
  return listRules(grades)
    .map((id) => ({
      id,
      fail: count(id, "fail"),
      inconclusive: count(id, "inconclusive"),
      pass: count(id, "pass"),
    }))
    .sort((a, b) => b.fail - a.fail || b.inconclusive - a.inconclusive);
}

function describe({
  submission,
  place,
  conclusion,
  score,
  report,
  isUnfinished,
}: Grade): ClassFile["submissions"][number] {
  return {
    ...{ place, ...submission, verdict: conclusion },
    ...{ points: isUnfinished ? null : score.earned, max: score.max },
    items: score.items.map(({ item, earned }) => ({
      name: item.name,
      points: earned,
      max: item.points,
    })),
    rules: Object.fromEntries(report?.findings.map(({ id, verdict }) => [id, verdict]) ?? []),
    ...(report && { when: report.when.toISOString(), seconds: report.seconds }),
  };
}
