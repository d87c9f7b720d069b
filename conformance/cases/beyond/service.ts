// What a disturbed server must still do, and the disturbance that servers and clients share.

import type { CaseContext, RunningServer } from "../../harness/context.ts";
import type { Connection } from "../../net/connection.ts";
import { checkService } from "../../peer/client-requests.ts";
import { POLL } from "../../spec/timeouts.ts";
import { must } from "../../spec/verdict.ts";

/** The next client gets its listing. */
export async function expectService(
  context: CaseContext,
  server: RunningServer,
  after: string,
): Promise<void> {
  const problem = await checkService(context, server);
  must(problem === undefined, `the next client is served after ${after}`, problem ?? "");
}

/** Sends so many bytes without a line end, unless the subject ends first. */
export async function sendEndlessLine(
  context: CaseContext,
  p: Connection,
  bytes: number,
  hasEnded: () => boolean = () => p.hasEnded,
): Promise<void> {
  const piece = "x".repeat(65_536);
  for (let sent = 0; sent < bytes && !hasEnded(); sent += piece.length) {
    p.send(piece);
    await context.happensWithin(hasEnded, POLL / 5);
  }
}
