// Every case has a result, also if the suite itself fails.

import { expect, test } from "bun:test";
import { rule } from "../harness/test-case.ts";
import { makeConfig } from "../subject/config.ts";
import { selfTest } from "./suite-selection.ts";
import { runCase } from "./run-case.ts";
import { loadDialect } from "../dialect/load.ts";

const LIMIT = 20_000; // it starts one program, twice

selfTest("a case", () => {
  test(
    "is inconclusive if the suite cannot clean up, and says why",
    async () => {
      const plain = await loadDialect("plain");
      const dialects = { server: plain, client: plain };
      const config = makeConfig({ server: "true {port}", dialects });
      const stubborn = rule("S2.1", "it holds on", async (context) => {
        context.own({
          [Symbol.dispose]: () => {
            throw new Error("it is busy");
          },
        });
        await Promise.resolve();
      });
      const { verdict, reason } = await runCase(stubborn, config);
      expect(verdict).toBe("inconclusive");
      expect(reason).toContain("it is busy");
    },
    LIMIT,
  );
});
