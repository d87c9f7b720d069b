// Whether a server keeps something of each client that it has served.

import type { CaseContext } from "../harness/context.ts";
import { HAS_PROC } from "../net/procfs.ts";
import { measureUsage, readProcessorTime, type Usage } from "../net/usage.ts";
import { applies, Inconclusive, must, need } from "../spec/verdict.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { needService } from "./calibrate.ts";
import { ServedDirectory } from "./directory.ts";
import { Limits } from "./limits.ts";
import type { Visit } from "./plan.ts";
import { playVisit, type Scene } from "./visit.ts";

const FILE = "file1.txt";
const get = (file: string): Visit => ({ act: "get", file });

/** What clients do, each kind for itself: a program may forget to close in one way out of many. */
const KINDS: readonly (readonly [title: string, visit: Visit])[] = [
  ["that got the listing", { act: "list" }],
  ["that got a file", get(FILE)],
  ["that asked for a missing file", get("missing.txt")],
  ["that sent an invalid command", { act: "invalid" }],
  ["that left without a command", { act: "list", departure: { at: "at once", how: "close" } }],
  [
    "that left in the middle of a command",
    { act: "list", departure: { at: "half a command", how: "abort" } },
  ],
  ["that left with Q open", { ...get(FILE), departure: { at: "Q is open", how: "abort" } }],
  ["that did not listen for Q", { ...get(FILE), isDeaf: true }],
];

/** Clients of one kind between two looks, and how much of each may be something else. */
const BATCH = 10;
const SPARE = 2;
/** The share of many clients of which something is left. */
const GROWING = 0.8;
/** Milliseconds for the first clients of all kinds: a slow program gets fewer. What grows with them gets as much again. */
const TIME = 12_000;

type Counted = keyof Usage;

/** Some programs start a fixed number of threads or processes, one with each of the first clients. */
const CERTAIN: Record<Counted, number> = { descriptors: 40, processes: 140, threads: 140 };

interface Counter {
  scene: Scene;
  program: SubjectProcess;
  until: number;
}

async function prepare(context: CaseContext): Promise<Counter> {
  await needService(context);
  applies(HAS_PROC, "this system does not report what a process uses");
  const file = { name: FILE, kind: "lines", size: 3_000, salt: 1 } as const;
  const directory = new ServedDirectory(context, [file]);
  const server = await context.startServer();
  const { program } = server;
  applies(program !== undefined, "the server was not started by the suite");
  const scene = { context, server, directory, limits: new Limits(context) };
  const counter = { scene, program, until: findDeadline(context) };
  // What a program opens or starts once, it opens or starts now.
  for (const [, visit] of KINDS) await playVisit(scene, visit);
  await context.happensWithin(() => false, context.timeouts.quiet);
  return counter;
}

const findDeadline = ({ timeouts }: CaseContext): number =>
  performance.now() + TIME * timeouts.scale;

const needRunning = ({ program }: Counter): void =>
  need(!program.exited, ["S9.1", "S9.2", "S9.3"], `the server has ended (${program.ending})`);

const measure = ({ program }: Counter): Usage => measureUsage(program.pid, program.processes);

/** One number for each kind of client does not grow with the number of clients. */
export async function expectNoGrowth(
  context: CaseContext,
  counted: readonly Counted[],
): Promise<void> {
  const counter = await prepare(context);
  for (const [title, visit] of KINDS) {
    needRunning(counter);
    if (performance.now() > counter.until) return;
    const start = measure(counter);
    await play(counter, visit, counted, start);
    for (const each of counted)
      if (measure(counter)[each] - start[each] >= BATCH - SPARE)
        await expectEnd(counter, visit, title, each, start[each]);
  }
}

/** One batch of clients, and time for what they leave to end. */
async function play(
  counter: Counter,
  visit: Visit,
  counted: readonly Counted[],
  start: Usage,
): Promise<void> {
  const { scene, until } = counter;
  for (let count = 0; count < BATCH && performance.now() < until; count++)
    await playVisit(scene, visit);
  const isSettled = (): boolean => {
    const now = measure(counter);
    return counted.every((each) => now[each] <= start[each] + SPARE);
  };
  await scene.context.timeline.waitUntil(isSettled, scene.context.timeouts.close);
}

/** It has grown with each client of one batch: now many more come, and the growth must end. */
async function expectEnd(
  counter: Counter,
  visit: Visit,
  title: string,
  counted: Counted,
  start: number,
): Promise<void> {
  const { scene } = counter;
  const until = findDeadline(scene.context);
  let clients = BATCH;
  for (; clients < CERTAIN[counted] && performance.now() < until; clients++) {
    needRunning(counter);
    await playVisit(scene, visit);
  }
  const count = (): number => measure(counter)[counted];
  const hasEnded = (): boolean => count() - start < GROWING * clients;
  const isOver = await scene.context.timeline.waitUntil(hasEnded, scene.context.timeouts.close);
  // A few clients do not tell growth from a fixed number, but they raise the question.
  if (!isOver && clients < CERTAIN[counted])
    throw new Inconclusive(
      `${count() - start} ${counted} more after ${clients} clients ${title}, and no time for ${CERTAIN[counted]} of them`,
    );
  const observed = `${count()} ${counted} after ${clients} clients ${title}, and ${start} before them`;
  must(isOver, `no more ${counted} than before the clients`, observed, "subject");
}

/** Milliseconds of a look at an idle server, and the share of them that shows a loop without a wait. */
const LOOK = 700;
const BUSY = 0.2;
/** A runtime may tidy up for a moment: only a server that stays busy is. */
const LOOKS = 3;

export async function expectIdle(context: CaseContext): Promise<void> {
  const counter = await prepare(context);
  const { program } = counter;
  needRunning(counter);
  let used = LOOK;
  for (let look = 0; look < LOOKS && used >= BUSY * LOOK; look++) {
    const before = readProcessorTime(program.processes);
    await Bun.sleep(LOOK);
    used = readProcessorTime(program.processes) - before;
  }
  const observed = `it used ${used} ms of processor time in ${LOOK} ms, after ${KINDS.length} clients had left`;
  must(used < BUSY * LOOK, "a server without clients waits", observed, "subject");
}
