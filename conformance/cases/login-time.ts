// How long a server takes over logins that it refuses: samples in turns, each from an address of its own.

import type { Attempt, Target } from "../attempt.ts";
import { PASSWORD, USER } from "../outfit.ts";
import { REPLY_LIMIT, SERVER_LIMIT } from "../patience.ts";
import { applies } from "../verdict.ts";
import { Channel } from "../channel.ts";
import { dial } from "../wire.ts";

/** Pairs: by chance the same of two is slower in eight of nine once in 25 times, and seldom by much. */
const SAMPLES = 9;
const FEW = 3;

export interface Times {
  wrong: number[];
  unknown: number[];
  right: number[];
}

/** In turns, so that whatever slows the machine slows all of them. */
export async function compare(attempt: Attempt, server: Target): Promise<Times> {
  const one = (name: string, password: string): Promise<number> =>
    // A server delays an address that guesses: each new one is met by it as the first.
    answered(attempt, server, { name, password, from: fresh() });
  const fresh = addresses();
  const right: number[] = [];
  while (right.length < FEW) right.push(await one(USER, PASSWORD));
  // None while another is worked on: a queue is not what is measured. Only the delays run side by side.
  const pace = 2 * median(right);
  const [wrong, unknown]: Promise<number>[][] = [[], []];
  for (let turn = 0; turn < SAMPLES; turn++) {
    wrong?.push(one(USER, "wrong"));
    await Bun.sleep(pace);
    unknown?.push(one("nobody", "wrong"));
    await Bun.sleep(pace);
  }
  return {
    wrong: await Promise.all(wrong ?? []),
    unknown: await Promise.all(unknown ?? []),
    right,
  };
}

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
  { timeline }: Attempt,
  { host, port }: Target,
  { name, password, from }: Guess,
): Promise<number> {
  const made = await dial(timeline, "P", { host, port, from });
  applies(made instanceof Channel, `this machine cannot dial from ${from}`);
  using p = made;
  p.send(`USER ${name}\n`);
  await timeline.until(() => p.text.includes("\n") || p.over, REPLY_LIMIT);
  const before = p.length;
  const began = timeline.now();
  p.send(`PASS ${password}\n`);
  await timeline.until(() => p.length > before || p.over, SERVER_LIMIT);
  return timeline.now() - began;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
