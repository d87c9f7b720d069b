// A subject is watched, must listen itself, and is ended with all that it started.

import { afterAll, expect, test } from "bun:test";
import { CaseContext, HOST } from "../harness/context.ts";
import { configFromEnvironment } from "./config.ts";
import { makeTimeouts } from "../spec/timeouts.ts";
import { findFreePort } from "../net/ports.ts";
import { selfTest } from "../runner/suite-selection.ts";
import { SubjectProcess } from "./process.ts";
import { Inconclusive } from "../spec/verdict.ts";

const { reply: REPLY_LIMIT, signal: SIGNAL_LIMIT } = makeTimeouts();
const LIMIT = 4 * SIGNAL_LIMIT + 4 * REPLY_LIMIT;

async function on(server: string): Promise<CaseContext> {
  return new CaseContext({ ...(await configFromEnvironment({})), server }, "server");
}

const script = (code: string): string => `bun -e ${JSON.stringify(code)}`;

selfTest("a subject", () => {
  const leftovers: number[] = [];
  afterAll(() => expect(leftovers).toEqual([]));

  test.concurrent(
    "is not ready if another program listens on its port",
    async () => {
      await using context = await on(script("setTimeout(() => process.exit(3), 300)"));
      const port = findFreePort();
      context.listen("P", HOST, port);
      const program = context.launch({ port });
      expect(await context.waitUntilListening(program, port)).toBe(false);
      expect(program.exited?.code).toBe(3);
    },
    LIMIT,
  );

  test.concurrent(
    "that ends early is reported at once, with what it printed",
    async () => {
      await using context = await on(script("console.error('no such library'); process.exit(1)"));
      const failure = await context.startServer().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Inconclusive);
      expect(String(failure)).toContain("no such library");
      expect(String(failure)).toContain("exit status 1");
    },
    LIMIT,
  );

  test.concurrent.skipIf(Bun.which("python3") === null)(
    "in Python prints at once, as on a terminal",
    async () => {
      const code = "print('ready'); import time; time.sleep(60)";
      await using context = await on(`python3 -c ${JSON.stringify(code)}`);
      const program = context.launch({});
      await context.waitFor("a word", REPLY_LIMIT, () => program.output !== "");
      expect(program.output).toStartWith("ready");
      expect(program.exited).toBeUndefined();
    },
    LIMIT,
  );

  test.concurrent.skipIf(Bun.which("python3") === null || process.platform !== "linux")(
    "that holds its output back in a pipe prints at once, since its screen is a terminal",
    async () => {
      const code = "print('one\\ntwo'); import time; time.sleep(60)";
      await using context = await on(`env -u PYTHONUNBUFFERED python3 -c ${JSON.stringify(code)}`);
      const program = context.launch({});
      await context.waitFor("a word", REPLY_LIMIT, () => program.output.includes("two"));
      expect(program.output).toBe("one\ntwo\n");
    },
    LIMIT,
  );

  test.concurrent(
    "that is a server never reads the end of its input",
    async () => {
      await using context = await on(`sh -c 'read line; echo over'`);
      const program = context.launch({});
      expect(await program.waitForExit(makeTimeouts().quiet)).toBe(false);
      expect(program.output).toBe("");
    },
    LIMIT,
  );

  test.concurrent(
    "that ignores SIGINT and SIGTERM is ended, with its child",
    async () => {
      const context = await on(`sh -c 'trap "" INT TERM; sleep 60 & echo here; wait; sleep 60'`);
      const program = context.launch({});
      await context.timeline.waitUntil(() => program.output.includes("here"), REPLY_LIMIT);
      expect(program.processes.length).toBeGreaterThan(1);
      await context[Symbol.asyncDispose]();
      leftovers.push(...program.processes);
      expect(program.exited?.signal).toBe("SIGKILL");
    },
    LIMIT,
  );

  test.concurrent(
    "that leaves its session is still found",
    async () => {
      const context = await on("setsid -f sleep 60");
      const program = context.launch({});
      await program.waitForExit(REPLY_LIMIT);
      expect(program.processes.length).toBe(1);
      await context[Symbol.asyncDispose]();
      leftovers.push(...program.processes);
      expect(program.processes).toEqual([]);
    },
    LIMIT,
  );

  test.concurrent(
    "may end before it has read its input",
    async () => {
      await using context = await on("true");
      for (let more = 0; more < 40; more++) {
        const program = new SubjectProcess(["true"], {
          directory: context.files.home,
          timeline: context.timeline,
          input: "n\n".repeat(9),
          signalLimit: SIGNAL_LIMIT,
        });
        context.own(program);
        expect(await program.waitForExit(REPLY_LIMIT)).toBe(true);
      }
    },
    LIMIT,
  );

  test.concurrent(
    "has a clean environment and the default SIGINT, and its output is limited",
    async () => {
      const screen = "test -t 1 && echo on a screen; test -t 2 || echo errors in a pipe";
      const print = `env; ${screen}; grep SigIgn /proc/self/status; yes | head -c 1000000; echo the end >&2`;
      await using context = await on(`sh -c '${print}'`);
      const program = context.launch({});
      expect(await program.waitForExit(REPLY_LIMIT)).toBe(true);
      expect(program.output).not.toContain("NODE_ENV");
      expect(program.output).toContain("NO_COLOR=1\n");
      if (process.platform === "linux") expect(program.output).toContain("on a screen\n");
      expect(program.output).toContain("errors in a pipe\n");
      expect(program.output).toMatch(/SigIgn:\s+0+\n/);
      expect(program.stdout.length).toBeLessThan(300_000);
      expect(program.output).toContain("the end");
    },
    LIMIT,
  );
});
