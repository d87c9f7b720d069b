// Runs that are drawn from a seed, for the rules of the client: one profile for each way in which a rule may break.

import { applies } from "../spec/verdict.ts";
import { type Need, rule, type TestCase } from "../harness/test-case.ts";
import * as judge from "../model/client-oracle.ts";
import { clientRuns } from "../model/client-runs.ts";
import * as fetches from "../model/draw-fetches.ts";
import { explore } from "../model/explore.ts";
import { hasDataOnQ } from "../model/serve.ts";

interface Options {
  needs?: Need[];
  /** The suite cuts the data, which is on Q. */
  cuts?: boolean;
  /** The suite refuses the file with an error message. */
  refuses?: boolean;
}

const generated = (
  id: string,
  title: string,
  draw: fetches.DrawFetches,
  judging: judge.Judge,
  { needs = [], cuts = false, refuses = false }: Options = {},
): TestCase =>
  rule(
    id,
    `generated: ${title}`,
    async (context) => {
      applies(!cuts || hasDataOnQ(context), "in this dialect the data is not on Q");
      const reports = context.dialect.errors.missing.on !== "none";
      applies(!refuses || reports, "in this dialect the server reports no errors");
      await explore(context, id, clientRuns(draw, judging));
    },
    { needs, isLong: true, role: "client", worked: draw === fetches.listings ? "list" : "get" },
  );

export const cases: TestCase[] = [
  generated("S7.9", "listings of 3 to 1300 names", fetches.listings, judge.judgeListing),
  generated("S7.15", "texts of many sizes", fetches.texts, judge.judgeSaved),
  generated("S7.16", "a file, a link, a directory", fetches.duplicates, judge.judgeKept),
  generated("S7.27", "after a transfer", fetches.successes, judge.judgeNothingElse),
  generated("S7.28", "after an error", fetches.refusals, judge.judgeNothingLeft, { refuses: true }),
  generated("S7.29", "the server cuts the file", fetches.cuts, judge.judgeWords, { cuts: true }),
  generated("S7.30", "files with every byte value", fetches.binaries, judge.judgeSaved, {
    needs: ["binary"],
  }),
  generated("S8.3", "the server dies at every step", fetches.deaths, judge.judgeEnd),
  generated("S8.4", "what worked and what did not", fetches.reports, judge.judgeStatus, {
    cuts: true,
    refuses: true,
  }),
];
