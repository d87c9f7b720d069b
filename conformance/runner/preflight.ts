// Proof that a subject runs at all: one that cannot would pass every rule about refusing.

import { Attempt } from "../harness/context.ts";
import type { Bench } from "../subject/config.ts";
import { arrival, start } from "../peer/launch-client.ts";
import { Channel } from "../net/connection.ts";
import { address } from "../subject/command-line.ts";
import { NoVerdict } from "../spec/verdict.ts";
import { dial } from "../net/sockets.ts";

type Role = "server" | "client";

/** These find out by themselves, and can tell a broken rule from a program that does not run. */
const OWN_PROOF = new Set(["S2.1", "S4.1"]);

const known = new Map<string, Promise<void>>();

/** Asked once for each subject; throws the reason for which nothing can be said about it. */
export function proven(id: string, bench: Bench, role: Role): Promise<void> {
  if (OWN_PROOF.has(id)) return Promise.resolve();
  const subject = `${role} ${bench[role]}`;
  const found = known.get(subject) ?? once(bench, role).catch(() => once(bench, role));
  known.set(subject, found);
  return found;
}

async function once(bench: Bench, role: Role): Promise<void> {
  await using attempt = new Attempt(bench, role);
  // Awaited here: the attempt ends with this block.
  if (role === "client") return await opensP(attempt);
  if (!attempt.stranger) return void (await attempt.server());
  const where = address(bench.server ?? "");
  const p = where && (await dial(attempt.timeline, "P", where));
  if (p instanceof Channel) return void attempt.hold(p);
  throw new NoVerdict(`nobody lets the suite in at ${bench.server}: ${p?.message}`);
}

async function opensP(attempt: Attempt): Promise<void> {
  const started = start(attempt, "list");
  if (await arrival(attempt, started)) return;
  const { ending, words } = started.program;
  throw new NoVerdict(`it rests on S4.1: the client opens no P: ${ending}; ${words}`);
}
