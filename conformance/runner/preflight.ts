// Proves that a subject runs at all: a program that does not run would pass every rule about refusing.

import { CaseContext } from "../harness/context.ts";
import { Connection } from "../net/connection.ts";
import { launchClient, waitForP } from "../peer/launch-client.ts";
import type { Role } from "../spec/requirements.ts";
import { Inconclusive } from "../spec/verdict.ts";
import { parseAddress } from "../subject/command-line.ts";
import type { SuiteConfig } from "../subject/config.ts";

/** The cases of these rules find out by themselves whether the program runs or breaks the rule. */
const OWN_PROOF = new Set(["S2.1", "S4.1"]);

const proofs = new Map<string, Promise<void>>();

/** Starts each subject once, whatever the number of cases; throws the reason if it does not run. */
export function preflight(id: string, config: SuiteConfig, role: Role): Promise<void> {
  if (OWN_PROOF.has(id)) return Promise.resolve();
  const subject = `${role} ${config[role]}`;
  const proof = proofs.get(subject) ?? prove(config, role).catch(() => prove(config, role));
  proofs.set(subject, proof);
  return proof;
}

async function prove(config: SuiteConfig, role: Role): Promise<void> {
  await using context = new CaseContext(config, role);
  // `await` before the return: the context is disposed of when this function returns.
  if (role === "client") return await expectP(context);
  if (!context.isExternal) return void (await context.startServer());
  const target = parseAddress(config.server ?? "");
  const p = target && (await context.dial("P", target));
  if (p instanceof Connection) return void context.own(p);
  throw new Inconclusive(`the server at ${config.server} accepts no connection: ${p?.message}`);
}

async function expectP(context: CaseContext): Promise<void> {
  const launched = launchClient(context, "list");
  if (await waitForP(context, launched)) return;
  const { ending, words } = launched.program;
  throw new Inconclusive(`the client opens no P: ${ending}; ${words}`, ["S4.1"]);
}
