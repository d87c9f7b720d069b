// Runs that are drawn from a seed, for the rules of the server: one profile for each way in which a rule may break.

import { type Need, rule, type TestCase } from "../harness/test-case.ts";
import { explore } from "../model/explore.ts";
import { expectIdle, expectNoGrowth } from "../model/growth.ts";
import * as files from "../model/draw-files.ts";
import * as visits from "../model/draw-visits.ts";
import { type RunOptions, serverRuns } from "../model/server-runs.ts";

const generated = (
  id: string,
  title: string,
  draw: files.Draw,
  { needs = [], ...options }: { needs?: Need[] } & RunOptions = {},
): TestCase =>
  rule(id, `generated: ${title}`, (context) => explore(context, id, serverRuns(draw, options)), {
    needs: ["start", ...needs],
    isLong: true,
    // A server that never carries the command out breaks the rule about that, and not this one.
    worked: draw === files.listings ? "list" : "get",
  });

/** Cases of these rules stand in the files of their steps, too. */
const also = (id: string, title: string, draw: files.Draw, needs: Need[] = []): TestCase =>
  generated(id, title, draw, { needs, hasOtherCases: true });

export const cases: TestCase[] = [
  also("S7.8", "listings of a directory that changes, from 3 names to 60", files.listings),
  also("S7.10", "texts of every size at which a buffer may end", files.textContents),
  also("S7.11", "files with every byte value", files.binaryContents, ["binary"]),
  also("S7.14", "names with spaces", files.blankNames),
  generated("S7.24", "names that are similar to each other", files.similarNames),
  generated("S7.25", "long names, and names with signs", files.oddNames),
  generated("S7.26", "10 to 60 clients", visits.calm, { checksDirectory: true }),
  also("S9.1", "40 clients that are served, one after the other", visits.successes),
  also("S9.2", "commands that fail, and requests that are nearly right", visits.failures),
  also("S9.3", "clients that leave at every stage", visits.departures),
  generated("S9.8", "10 to 60 clients, one after the other and at once", visits.mixed),
  rule("S9.9", "many clients of each kind", (context) => expectNoGrowth(context, ["descriptors"]), {
    needs: ["start"],
    isLong: true,
  }),
  rule(
    "S9.10",
    "many clients of each kind",
    (context) => expectNoGrowth(context, ["processes", "threads"]),
    { needs: ["start"], isLong: true },
  ),
  rule("S9.11", "clients of each kind have left", expectIdle, { needs: ["start"], isLong: true }),
];
