// The server refuses a command of the native dialect, and does not open Q.

import { findMoment } from "../evidence.ts";
import type { NativeClient } from "../../peer/native-client.ts";
import { must } from "../../spec/verdict.ts";

export async function expectNoQ(client: NativeClient): Promise<void> {
  const { context } = client;
  await context.happensWithin(() => client.q !== undefined, context.timeouts.quiet);
  const opening = findMoment(context, "Q", ["SYN"]);
  must(client.q === undefined, "the server does not open Q", "it opened Q", opening);
}
