// Proves that a subject runs, and that it does what a case takes for granted: a program that does nothing breaks no prohibition.

import { CaseContext } from "../harness/context.ts";
import type { Conversation, TestCase } from "../harness/test-case.ts";
import { Connection } from "../net/connection.ts";
import { launchClient, waitForP } from "../peer/launch-client.ts";
import type { Role } from "../spec/requirements.ts";
import { Inconclusive } from "../spec/verdict.ts";
import type { Crash } from "../subject/crash.ts";
import { parseAddress } from "../subject/command-line.ts";
import type { SuiteConfig } from "../subject/config.ts";
import { proveConversation } from "./prove-conversation.ts";

/** The cases of these rules find out by themselves whether the program runs or breaks the rule. */
const OWN_PROOF = new Set(["S2.1", "S4.1"]);

const proofs = new Map<string, Promise<void>>();

/** Starts each subject once, whatever the number of cases; throws the reason if it does not run or does not do what is needed. */
export async function preflight(
  { id, role, worked }: Pick<TestCase, "id" | "role" | "worked">,
  config: SuiteConfig,
  signal?: AbortSignal,
): Promise<void> {
  if (OWN_PROOF.has(id)) return;
  await proveOnce(config, role, "start", signal);
  if (worked) await proveOnce(config, role, worked, signal);
}

function proveOnce(
  config: SuiteConfig,
  role: Role,
  what: "start" | Conversation,
  signal: AbortSignal | undefined,
): Promise<void> {
  // With more time, a program may do what it did not do before.
  const { start } = config.timeouts;
  const subject = `${what} ${config.dialects[role].name} ${role} ${start} ${config[role]}`;
  const proveAgain = (error: unknown): Promise<void> => {
    // An ended run has killed the subject, and starts no other one.
    if (signal?.aborted) throw error;
    return prove(config, role, what);
  };
  const proof = proofs.get(subject) ?? prove(config, role, what).catch(proveAgain);
  proofs.set(subject, proof);
  return proof;
}

/** The crashes that spoiled proofs, by the error that tells the failed proof. */
const crashes = new WeakMap<object, Crash>();

/** How the subject crashed if that is why it does not do what a case takes for granted. */
export const findCrash = (error: unknown): Crash | undefined =>
  error instanceof Error ? crashes.get(error) : undefined;

async function prove(config: SuiteConfig, role: Role, what: "start" | Conversation): Promise<void> {
  await using context = new CaseContext(config, role);
  try {
    await proveOne(context, what);
  } catch (error) {
    await context.noticeCrash();
    const { crash } = context;
    if (crash && error instanceof Error) crashes.set(error, crash);
    throw error;
  }
}

async function proveOne(context: CaseContext, what: "start" | Conversation): Promise<void> {
  const { config, role } = context;
  if (what !== "start") return await proveConversation(context, what);
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
  const { ending, lastWords } = launched.program;
  throw new Inconclusive(`the client opens no P: ${ending}; it printed ${lastWords}`, ["S4.1"]);
}
