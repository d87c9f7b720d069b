// Plays one client of a run: a whole conversation, or one that it leaves.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { encodeTemplate } from "../dialect/encode.ts";
import { prepareRequest } from "../peer/client-requests.ts";
import type { DialectClient } from "../peer/client.ts";
import { DependencyFailed } from "../spec/verdict.ts";
import type { Listener } from "../net/sockets.ts";
import { findFreePort } from "../net/ports.ts";
import type { ServedDirectory } from "./directory.ts";
import type { Limits } from "./limits.ts";
import { judgeVisit } from "./oracle.ts";
import type { Departure, Visit } from "./plan.ts";
import type { Violation } from "./violation.ts";

export interface Scene {
  readonly context: CaseContext;
  readonly server: RunningServer;
  readonly directory: ServedDirectory;
  readonly limits: Limits;
}

/** What the client saw that must not be; nothing if it left, or if all is well. */
export async function playVisit(scene: Scene, visit: Visit): Promise<Violation | undefined> {
  // A listener for each client, closed behind it: what comes late must not reach the next one.
  using listener = scene.limits.hasOwnPorts ? scene.context.listen() : undefined;
  try {
    const client = await prepare(scene, visit, listener);
    if (visit.departure) return void (await leave(client, visit.departure, scene.limits));
    if (visit.act === "nearly right") return void (await sendNearlyRight(client, visit));
    if (visit.isDeaf) return void (await waitInVain(client));
    await client.run();
    const violation = judgeVisit(client, visit, scene.directory);
    client.close();
    return violation && explainEnd(scene, violation);
  } catch (error) {
    if (!(error instanceof DependencyFailed)) throw error;
    const expected = "the client is served";
    const violation = { rule: "S4.2", expected, observed: error.observed, isUnserved: true };
    return explainEnd(scene, violation);
  }
}

function prepare(
  { context, server }: Scene,
  { act, file = "", isDeaf }: Visit,
  listener: Listener | undefined,
): Promise<DialectClient> {
  const kind = act === "nearly right" ? "get" : act;
  const options = isDeaf ? { dataPort: findFreePort() } : listener ? { listener } : {};
  return prepareRequest(context, server, kind, { file, ...options });
}

/** A server that has ended serves nobody: a failure says so. */
function explainEnd({ server }: Scene, violation: Violation): Violation {
  if (!server.program?.exited) return violation;
  const observed = `${violation.observed}; the server has ended (${server.program.ending})`;
  return { ...violation, observed, isUnserved: true };
}

async function leave(
  client: DialectClient,
  { at, how }: Departure,
  { hasOwnPorts }: Limits,
): Promise<void> {
  const { context, p } = client;
  const pause = context.timeouts.quiet / 10;
  if (at === "half a command") sendPart(client, 1 / 2);
  else if (at !== "at once") void client.run().catch(() => {});
  if (at === "Q is open")
    await context.timeline.waitUntil(() => client.q !== undefined || p.hasEnded, 3 * pause);
  if (at === "data")
    await context.timeline.waitUntil(() => (client.q?.length ?? 0) > 0 || p.hasEnded, 3 * pause);
  // On a fixed data port, all clients share a listener.
  if (hasOwnPorts) client.listener?.stopAccepting();
  for (const connection of [client.q, p]) connection?.[how]();
  await context.happensWithin(() => false, pause / 2);
}

/** A server that cannot open Q may say so on P, at once or never. */
async function waitInVain(client: DialectClient): Promise<void> {
  const { context, p } = client;
  void client.run().catch(() => {});
  const isOver = (): boolean => p.hasEnded || client.error !== undefined;
  await context.timeline.waitUntil(isOver, context.timeouts.quiet);
  p.close();
}

/** The first bytes of the request. */
function sendPart(client: DialectClient, share: number): void {
  const request = encodeRequest(client);
  client.p.send(request.subarray(0, Math.ceil(request.length * share)));
}

function encodeRequest({ conversation, values }: DialectClient): Buffer {
  const first = conversation.steps.find((step) => "send" in step);
  if (!first) return Buffer.from("-");
  try {
    return encodeTemplate(first.send, values);
  } catch {
    return Buffer.from("-");
  }
}

/** One byte of the request is doubled, left out or replaced: a server may answer as it likes, and goes on. */
async function sendNearlyRight(client: DialectClient, { change = 0 }: Visit): Promise<void> {
  const { p, context } = client;
  const request = encodeRequest(client);
  const at = change % Math.max(1, request.length);
  const [before, byte] = [request.subarray(0, at), request.subarray(at, at + 1)];
  const rest = request.subarray(at + 1);
  const middle = [[], [byte, byte], [Buffer.from(" ")], [Buffer.from([0xff])]][change % 4] ?? [];
  p.send(Buffer.concat([before, ...middle, rest]));
  await context.happensWithin(() => p.length > 0 || p.hasEnded, context.timeouts.quiet / 5);
  client.q?.close();
  p.close();
}
