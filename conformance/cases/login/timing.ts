// How long a server takes to answer logins: samples that alternate, each from an address of its own.

import type { CaseContext, RunningServer } from "../../harness/context.ts";
import { PASSWORD, USER } from "../../subject/provision.ts";
import { applies, need } from "../../spec/verdict.ts";
import { Connection } from "../../net/connection.ts";

/** Pairs of samples. By chance, the same of two logins is slower in eight of nine pairs once in 25 runs. */
const [MOST_PAIRS, LEAST_PAIRS] = [9, 5];
/** In all, in ms: a server whose hash takes long gets fewer samples. */
const BUDGET = 8_000;
const RIGHT_LOGINS = 3; // before the pairs, and as many after them

/** Milliseconds from PASS to its reply, for each login. */
export interface LoginTimes {
  wrong: number[];
  unknown: number[];
  right: number[];
}

/** The logins alternate, so that a slow moment of the machine affects all kinds. */
export async function measureLogins(
  context: CaseContext,
  server: RunningServer,
): Promise<LoginTimes> {
  const nextAddress = makeAddresses();
  // A server delays an address that guesses. So each login comes from a new address.
  const measure = (name: string, password: string): Promise<number> =>
    measureLogin(context, server, { name, password, from: nextAddress() });
  const right: number[] = [];
  const measureRight = async (): Promise<void> => {
    for (let more = 0; more < RIGHT_LOGINS; more++) right.push(await measure(USER, PASSWORD));
  };
  await measureRight();
  // A login begins when the server has checked the last one: a queue must not be measured. Only delays overlap.
  const pace = 2 * median(right);
  const affordable = Math.floor(BUDGET / (2 * pace));
  const pairs = Math.min(MOST_PAIRS, Math.max(LEAST_PAIRS, affordable));
  const samples = { wrong: [] as Promise<number>[], unknown: [] as Promise<number>[] };
  const begin = async (kind: keyof typeof samples, name: string): Promise<void> => {
    const sample = measure(name, "wrong");
    sample.catch(() => {}); // it is awaited below
    samples[kind].push(sample);
    await Bun.sleep(pace);
  };
  for (let pair = 0; pair < pairs; pair++) {
    await begin("wrong", USER);
    await begin("unknown", "nobody");
  }
  const [wrong, unknown] = [await Promise.all(samples.wrong), await Promise.all(samples.unknown)];
  // Once more, because the machine may have been busy before.
  await measureRight();
  return { wrong, unknown, right };
}

/** Some machines have only one loopback address. */
const FIRST = "127.0.0.2";

/** 127.0.0.2 and so on. */
function makeAddresses(): () => string {
  let last = 1;
  return () => `127.0.0.${++last}`;
}

interface Login {
  name: string;
  password: string;
  from: string;
}

/** The milliseconds from PASS to its reply. */
async function measureLogin(
  context: CaseContext,
  { host, port }: RunningServer,
  { name, password, from }: Login,
): Promise<number> {
  const { timeline, timeouts } = context;
  const made = await context.dial("P", { host, port, from });
  if (from === FIRST)
    applies(made instanceof Connection, `this machine cannot connect from ${from}`);
  need(made instanceof Connection, "S9.2", "the server accepts no more clients");
  using p = made;
  p.send(`USER ${name}\n`);
  await timeline.waitUntil(() => p.text.includes("\n") || p.hasEnded, timeouts.reply);
  const before = p.length;
  const began = timeline.now();
  p.send(`PASS ${password}\n`);
  await timeline.waitUntil(() => p.length > before || p.hasEnded, timeouts.server);
  return timeline.now() - began;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
