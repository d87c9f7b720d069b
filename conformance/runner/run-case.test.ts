// Every case has a result, also if the suite itself fails, and a subject is blamed for what it did.

import { expect, test } from "bun:test";
import { unlinkSync } from "node:fs";
import { join } from "node:path";
import { rule, type TestCase } from "../harness/test-case.ts";
import { makeConfig, type SuiteConfig } from "../subject/config.ts";
import { Accident, must, need } from "../spec/verdict.ts";
import { selfTest } from "./suite-selection.ts";
import { runCase } from "./run-case.ts";
import { Scheduler } from "./suite.ts";
import { loadDialect } from "../dialect/load.ts";

const LIMIT = 20_000; // it starts one program, a few times

const plain = await loadDialect("plain");
const dialects = { server: plain, client: plain };
/** A case of this rule needs no program that runs. */
const FREE = "S2.1";

const configFor = (server: string): SuiteConfig => makeConfig({ server, dialects });
const config = configFor("true {port}");

selfTest("a case", () => {
  test(
    "is inconclusive if the suite cannot clean up, and says why",
    async () => {
      const stubborn = rule(FREE, "it holds on", async (context) => {
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

  test(
    "keeps its first failure if the second try says nothing",
    async () => {
      let tries = 0;
      const once = rule(FREE, "it fails once", async () => {
        must(++tries > 1, "a", "b");
        need(false, "S4.2", "no P");
      });
      const { verdict, observed, retried, remarks } = await runCase(once, config);
      expect({ verdict, observed, retried }).toEqual({
        verdict: "fail",
        observed: "b",
        retried: false,
      });
      expect(remarks?.join()).toContain("S4.2");
    },
    LIMIT,
  );

  test(
    "that fails once and passes on a fresh start passes, and is marked",
    async () => {
      let tries = 0;
      const shaky = rule(FREE, "it fails once", async () => {
        must(++tries > 1, "a", "b");
        await Promise.resolve();
      });
      expect(await runCase(shaky, config)).toMatchObject({ verdict: "pass", retried: true });
      const broken = rule(FREE, "it fails always", async () => must(false, "a", "b"));
      expect(await runCase(broken, config)).toMatchObject({ verdict: "fail", retried: true });
    },
    LIMIT,
  );

  test(
    "is tried again after an accident of the suite, which does not count",
    async () => {
      let tries = 0;
      const unlucky = rule(FREE, "a port is taken", async () => {
        if (++tries <= 2) throw new Accident("another program has the port");
        await Promise.resolve();
      });
      expect(await runCase(unlucky, config)).toMatchObject({ verdict: "pass", retried: false });
      expect(tries).toBe(3);
    },
    LIMIT,
  );

  /** Keeps the suite itself busy, so that it is late. */
  const beLate = async (): Promise<void> => {
    const began = performance.now();
    while (performance.now() - began < 600);
    await Bun.sleep(1);
  };

  test(
    "is tried again with more time if the suite itself was late, and says so",
    async () => {
      const scales: number[] = [];
      const late = rule(FREE, "a server that is slow", async ({ timeouts: { scale } }) => {
        if (scales.push(scale) === 1) await beLate();
        must(scale > 1, "a reply", "421");
      });
      const { verdict, retried, remarks } = await runCase(late, config);
      expect([verdict, retried]).toEqual(["pass", true]);
      expect(remarks?.join()).toContain("tried again with 3 times the time");
      expect(scales).toEqual([1, 1, 3]);
    },
    LIMIT,
  );

  test(
    "is not tried with more time for ever on a machine where that changes nothing",
    async () => {
      let tries = 0;
      const late = rule(FREE, "a server that does not reply", async () => {
        if (++tries % 3 === 1) await beLate();
        must(false, "a reply", "nothing");
      });
      const mine = { ...config };
      for (let run = 1; run <= 6; run++) expect((await runCase(late, mine)).verdict).toBe("fail");
      expect(tries).toBe(18);
      expect((await runCase(late, mine)).remarks).toBeUndefined();
      expect(tries).toBe(20);
    },
    3 * LIMIT,
  );

  test(
    "tells the crash of a subject that ends right after the verdict",
    async () => {
      const script =
        "Bun.listen({ hostname: '127.0.0.1', port: +process.argv.at(-1), socket: { open: (s) => { s.terminate(); setTimeout(() => process.kill(process.pid, 'SIGSEGV'), 30); }, data() {} } })";
      const cut = rule(FREE, "a client connects", async (context) => {
        const p = await context.connect(await context.startServer());
        await context.waitFor("the end", LIMIT, () => p.hasEnded);
        must(!p.hasEnded, "P stays open", "it was reset", "P");
      });
      const { crash } = await runCase(cut, configFor(`bun -e ${JSON.stringify(script)} {port}`));
      expect(crash?.signal).toBe("SIGSEGV");
    },
    LIMIT,
  );

  test(
    "fails if a file that it needs has vanished",
    async () => {
      const robbed = rule(FREE, "a file is read", async ({ files }) => {
        unlinkSync(join(files.served, "hello.txt"));
        await Bun.file(join(files.served, "hello.txt")).text();
      });
      const { verdict, observed } = await runCase(robbed, config);
      expect(verdict).toBe("fail");
      expect(observed).toContain("ENOENT");
    },
    LIMIT,
  );

  test(
    "fails if the server has ended, whatever the suite meets then",
    async () => {
      const script =
        "Bun.listen({ hostname: '127.0.0.1', port: +process.argv.at(-1), socket: { data() {} } }); setTimeout(() => process.exit(3), 400)";
      const left = rule(FREE, "the server is used", async (context) => {
        const { program } = await context.startServer();
        await program?.waitForExit(LIMIT);
        throw new TypeError("undefined is no connection");
      });
      const ending = configFor(`bun -e ${JSON.stringify(script)} {port}`);
      const { verdict, observed } = await runCase(left, ending);
      expect(verdict).toBe("fail");
      expect(observed).toContain("exit status 3");
    },
    LIMIT,
  );

  const dependent = rule(FREE, "it needs another rule", async () => need(false, "S1.6", "no Q"));
  const base = (holds: boolean): TestCase => ({
    ...rule(FREE, "the other rule", async () => must(holds, "a", "b")),
    id: "S1.6",
  });
  const server = `bun ${join(import.meta.dir, "../selftest/variants/honest-server.ts")} {port}`;

  test.each([
    [true, "fail", "no Q (although S1.6 works)"],
    [false, "inconclusive", "no Q"],
  ])(
    "whose dependencies work (%p) has the verdict %s",
    async (holds, verdict, observed) => {
      const scheduler = new Scheduler(configFor(server), [base(holds), dependent]);
      expect(await scheduler.run(dependent)).toMatchObject({ verdict, observed });
    },
    LIMIT,
  );
});
