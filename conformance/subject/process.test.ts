// A subject is watched, proved to listen, and ended with all that it started.

import { afterAll, expect, test } from "bun:test";
import { Attempt, HOST } from "../harness/context.ts";
import { bench } from "./config.ts";
import { REPLY_LIMIT, SIGNAL_PATIENCE } from "../spec/timeouts.ts";
import { freePort } from "../net/ports.ts";
import { brief } from "../runner/suite-selection.ts";
import { Program } from "./process.ts";
import { NoVerdict } from "../spec/verdict.ts";

const LIMIT = 4 * SIGNAL_PATIENCE + 4 * REPLY_LIMIT;

async function on(server: string): Promise<Attempt> {
  return new Attempt({ ...(await bench({})), server }, "server");
}

const script = (code: string): string => `bun -e ${JSON.stringify(code)}`;

brief("a program", () => {
  const leftovers: number[] = [];
  afterAll(() => expect(leftovers).toEqual([]));

  test.concurrent(
    "a foreign listener on the port does not make it ready",
    async () => {
      await using attempt = await on(script("setTimeout(() => process.exit(3), 300)"));
      const port = freePort();
      attempt.door("P", HOST, port);
      const program = attempt.launch({ port });
      expect(await attempt.ready(program, port)).toBe(false);
      expect(program.exited?.code).toBe(3);
    },
    LIMIT,
  );

  test.concurrent(
    "an early end is noticed at once, with what it printed",
    async () => {
      await using attempt = await on(script("console.error('no such library'); process.exit(1)"));
      const failure = await attempt.server().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(NoVerdict);
      expect(String(failure)).toContain("no such library");
      expect(String(failure)).toContain("exit status 1");
    },
    LIMIT,
  );

  test.concurrent.skipIf(Bun.which("python3") === null)(
    "what Python prints is seen while it runs, as it is on a terminal",
    async () => {
      const code = "print('ready'); import time; time.sleep(60)";
      await using attempt = await on(`python3 -c ${JSON.stringify(code)}`);
      const program = attempt.launch({});
      await attempt.within("a word", REPLY_LIMIT, () => program.output !== "");
      expect(program.output).toStartWith("ready");
      expect(program.exited).toBeUndefined();
    },
    LIMIT,
  );

  test.concurrent(
    "one that ignores SIGINT and SIGTERM ends, and so does its child",
    async () => {
      const attempt = await on(`sh -c 'trap "" INT TERM; sleep 60 & echo here; wait; sleep 60'`);
      const program = attempt.launch({});
      await attempt.timeline.until(() => program.output.includes("here"), REPLY_LIMIT);
      expect(program.processes.length).toBeGreaterThan(1);
      await attempt[Symbol.asyncDispose]();
      leftovers.push(...program.processes);
      expect(program.exited?.signal).toBe("SIGKILL");
    },
    LIMIT,
  );

  test.concurrent(
    "one that leaves its session is still found",
    async () => {
      const attempt = await on("setsid -f sleep 60");
      const program = attempt.launch({});
      await program.ended(REPLY_LIMIT);
      expect(program.processes.length).toBe(1);
      await attempt[Symbol.asyncDispose]();
      leftovers.push(...program.processes);
      expect(program.processes).toEqual([]);
    },
    LIMIT,
  );

  test.concurrent(
    "one that ends before its input comes is no mistake of the suite",
    async () => {
      await using attempt = await on("true");
      for (let more = 0; more < 40; more++) {
        const program = new Program(
          ["true"],
          attempt.files.home,
          attempt.timeline,
          "n\n".repeat(9),
        );
        attempt.hold(program);
        expect(await program.ended(REPLY_LIMIT)).toBe(true);
      }
    },
    LIMIT,
  );

  test.concurrent(
    "its environment is clean, its SIGINT is at the default, its flood is capped",
    async () => {
      const print = "env; grep SigIgn /proc/self/status; yes | head -c 1000000; echo the end >&2";
      await using attempt = await on(`sh -c '${print}'`);
      const program = attempt.launch({});
      expect(await program.ended(REPLY_LIMIT)).toBe(true);
      expect(program.output).not.toContain("NODE_ENV");
      expect(program.output).toMatch(/SigIgn:\s+0+\n/);
      expect(program.stdout.length).toBeLessThan(300_000);
      expect(program.output).toContain("the end");
    },
    LIMIT,
  );
});
