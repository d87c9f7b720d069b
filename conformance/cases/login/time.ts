// How long a server takes over logins that it refuses: samples in turns, each from an address of its own.

import type { CaseContext, RunningServer } from "../../harness/context.ts";
import { PASSWORD, USER } from "../../subject/provision.ts";
import { REPLY_LIMIT, SERVER_LIMIT } from "../../spec/timeouts.ts";
import { applies, need } from "../../spec/verdict.ts";
import { Connection } from "../../net/connection.ts";
import { dial } from "../../net/sockets.ts";

/** Pairs of samples: by chance the same of two is slower in eight of nine once in 25 times, and seldom by much. */
const [MOST_PAIRS, LEAST_PAIRS] = [9, 5];
/** A server that takes long over a hash is asked less often, in ms. */
const BUDGET = 8_000;
const FEW = 3;

export interface Times {
  wrong: number[];
  unknown: number[];
  right: number[];
}

/** In turns, so that whatever slows the machine slows all of them. */
export async function compare(context: CaseContext, server: RunningServer): Promise<Times> {
  const one = (name: string, password: string): Promise<number> =>
    // A server delays an address that guesses: each new one is met by it as the first.
    answered(context, server, { name, password, from: fresh() });
  const fresh = addresses();
  const right: number[] = [];
  while (right.length < FEW) right.push(await one(USER, PASSWORD));
  // None while another is worked on: a queue is not what is measured. Only the delays run side by side.
  const pace = 2 * median(right);
  const affordable = Math.floor(BUDGET / (2 * pace));
  const pairs = Math.min(MOST_PAIRS, Math.max(LEAST_PAIRS, affordable));
  const samples = { wrong: [] as Promise<number>[], unknown: [] as Promise<number>[] };
  const begin = async (kind: keyof typeof samples, name: string): Promise<void> => {
    const sample = one(name, "wrong");
    sample.catch(() => {}); // it is awaited below
    samples[kind].push(sample);
    await Bun.sleep(pace);
  };
  for (let turn = 0; turn < pairs; turn++) {
    await begin("wrong", USER);
    await begin("unknown", "nobody");
  }
  const [wrong, unknown] = [await Promise.all(samples.wrong), await Promise.all(samples.unknown)];
  // Once more, since the machine may have been busy with something else before.
  for (let more = 0; more < FEW; more++) right.push(await one(USER, PASSWORD));
  return { wrong, unknown, right };
}

/** Not every machine has more of the loopback than one address. */
const FIRST = "127.0.0.2";

/** 127.0.0.2 and so on. */
function addresses(): () => string {
  let last = 1;
  return () => `127.0.0.${++last}`;
}

interface Guess {
  name: string;
  password: string;
  from: string;
}

/** The milliseconds from PASS to its reply. */
async function answered(
  { timeline }: CaseContext,
  { host, port }: RunningServer,
  { name, password, from }: Guess,
): Promise<number> {
  const made = await dial(timeline, "P", { host, port, from });
  if (from === FIRST) applies(made instanceof Connection, `this machine cannot dial from ${from}`);
  need(made instanceof Connection, "S9.2", "the server lets nobody in any more");
  using p = made;
  p.send(`USER ${name}\n`);
  await timeline.waitUntil(() => p.text.includes("\n") || p.hasEnded, REPLY_LIMIT);
  const before = p.length;
  const began = timeline.now();
  p.send(`PASS ${password}\n`);
  await timeline.waitUntil(() => p.length > before || p.hasEnded, SERVER_LIMIT);
  return timeline.now() - began;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
