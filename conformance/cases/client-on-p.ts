// A client that has connected to the suite and has not got an answer yet.

import type { CaseContext } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import type { CommandKind } from "../dialect/types.ts";
import {
  launchClient,
  waitForP,
  type LaunchedClient,
  type LaunchOptions,
} from "../peer/launch-client.ts";
import { need } from "../spec/verdict.ts";

/** Starts the client and waits until it has opened P. */
export async function startClientOnP(
  context: CaseContext,
  kind: CommandKind,
  call: LaunchOptions = {},
): Promise<LaunchedClient & { p: Connection }> {
  const started = launchClient(context, kind, call);
  const p = await waitForP(context, started);
  need(p !== undefined, "S4.1", `the client opened no P; ${started.program.words}`);
  return { ...started, p };
}
