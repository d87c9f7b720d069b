// The attempt under strace shows system calls, and never changes a verdict.

import { expect, test } from "bun:test";
import { loadDialect } from "../dialect/load.ts";
import { rule } from "../harness/test-case.ts";
import { must } from "../spec/verdict.ts";
import { makeConfig } from "../subject/config.ts";
import { whyUntraced } from "../subject/strace.ts";
import { runCase } from "./run-case.ts";
import { selfTest } from "./suite-selection.ts";
import { mergeTrace } from "./tracing.ts";

const LIMIT = 20_000; // it starts no program
const plain = await loadDialect("plain");
const dialects = { server: plain, client: plain };
/** A case of this rule needs no program that runs. */
const FREE = "S2.1";

/** Fails unless it is traced, or if it may pass. A try with more time, on a busy machine, is not among those that it has seen. */
function makeCase(mayPass: boolean) {
  const seen: (boolean | undefined)[] = [];
  const one = rule(FREE, "it fails", async ({ timeline, config }) => {
    timeline.mark("suite", "suite", "note", "begins");
    if (config.timeouts.scale === 1) seen.push(config.isTraced);
    must(mayPass || config.isTraced === true, "a", "b");
    await Promise.resolve();
  });
  return { one, seen };
}

const moment = { at: 1, track: "P", actor: "suite", kind: "data", text: "" } as const;

selfTest("tracing", () => {
  test.skipIf(whyUntraced() !== undefined)(
    "comes after both tries, and a verdict of its own does not count (skipped without strace)",
    async () => {
      const { one, seen } = makeCase(false);
      const config = makeConfig({ server: "true {port}", dialects, tracing: "failed" });
      const result = await runCase(one, config);
      expect(seen).toEqual([undefined, undefined, true]);
      expect(result).toMatchObject({ verdict: "fail", retried: true, observed: "b" });
      expect(result.remarks?.join()).toContain("under strace the verdict was pass");
    },
    LIMIT,
  );

  test(
    "is left out for a case that passes, and without the option",
    async () => {
      for (const [mayPass, tracing, tries] of [
        [true, "failed", 1],
        [false, undefined, 2],
      ] as const) {
        const { one, seen } = makeCase(mayPass);
        const config = makeConfig({ server: "true {port}", dialects, ...(tracing && { tracing }) });
        await runCase(one, config);
        expect(seen).toHaveLength(tries);
      }
    },
    LIMIT,
  );

  test("the conclusions stand before the other remarks", () => {
    const conclusions = [{ kind: "leak", facts: {}, text: "Q is never closed" }];
    const facts = { verdict: "fail", timeline: [], retried: true, remarks: ["slow"] } as const;
    const traced = { verdict: "fail", timeline: [moment], retried: false, conclusions } as const;
    const merged = mergeTrace(
      { ...facts, timeline: [], remarks: ["slow"], decisive: 7 },
      { ...traced, timeline: [moment], conclusions },
    );
    expect(merged).toEqual({
      ...{ verdict: "fail", retried: true, timeline: [moment], conclusions },
      remarks: ["Q is never closed", "slow"],
    });
  });
});
