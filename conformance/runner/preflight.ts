// Proof that a subject runs at all: one that cannot would pass every rule about refusing.

import { CaseContext } from "../harness/context.ts";
import type { SuiteConfig } from "../subject/config.ts";
import { waitForP, launchClient } from "../peer/launch-client.ts";
import { Connection } from "../net/connection.ts";
import { address } from "../subject/command-line.ts";
import type { Role } from "../spec/requirements.ts";
import { Inconclusive } from "../spec/verdict.ts";

/** These find out by themselves, and can tell a broken rule from a program that does not run. */
const OWN_PROOF = new Set(["S2.1", "S4.1"]);

const known = new Map<string, Promise<void>>();

/** Asked once for each subject; throws the reason for which nothing can be said about it. */
export function preflight(id: string, bench: SuiteConfig, role: Role): Promise<void> {
  if (OWN_PROOF.has(id)) return Promise.resolve();
  const subject = `${role} ${bench[role]}`;
  const found = known.get(subject) ?? once(bench, role).catch(() => once(bench, role));
  known.set(subject, found);
  return found;
}

async function once(bench: SuiteConfig, role: Role): Promise<void> {
  await using context = new CaseContext(bench, role);
  // Awaited here: the attempt ends with this block.
  if (role === "client") return await opensP(context);
  if (!context.isExternal) return void (await context.startServer());
  const where = address(bench.server ?? "");
  const p = where && (await context.dial("P", where));
  if (p instanceof Connection) return void context.own(p);
  throw new Inconclusive(`nobody lets the suite in at ${bench.server}: ${p?.message}`);
}

async function opensP(context: CaseContext): Promise<void> {
  const started = launchClient(context, "list");
  if (await waitForP(context, started)) return;
  const { ending, words } = started.program;
  throw new Inconclusive(`Cannot be tested until S4.1 works: no P: ${ending}; ${words}`, ["S4.1"]);
}
