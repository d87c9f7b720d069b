// What many cases expect of a connection, a server or a program.

import { findData, findEnd, findMoment } from "./evidence.ts";
import type { CaseContext, RunningServer } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import { askNative, type NativeClient } from "../peer/native-client.ts";
import { applies, must } from "../spec/verdict.ts";
import type { SubjectProcess, StopSignal } from "../subject/process.ts";

/** The rule is about the bytes on this connection: a failure shows them. */
export function mustOn(
  connection: Connection | undefined,
  holds: boolean,
  expected: string,
): asserts holds {
  const observed = connection?.description ?? "no connection";
  must(holds, expected, observed, findData(connection) ?? findEnd(connection));
}

/** The connection is over TLS now. */
export function expectHandshake(connection: Connection, done: boolean, expected: string): void {
  const { name, tls } = connection;
  const failed = tls?.failure;
  const observed = failed ? `the handshake failed (${failed})` : "the handshake does not end";
  must(done, expected, observed, findEnd(connection) ?? name);
}

/** The server answers an option line of the native dialect that it need not know. */
export async function expectOptionReply(context: CaseContext, option: string): Promise<void> {
  const client = await askNative(context, `${option}\n`);
  const reply = await client.waitForReply();
  mustOn(client.p, /^(350|500) /.test(reply), `350 or 500 in reply to ${option}`);
}

/** The server refuses a command of the native dialect, and does not open Q. */
export async function expectNoQ(client: NativeClient): Promise<void> {
  const { context } = client;
  await context.happensWithin(() => client.q !== undefined, context.timeouts.quiet);
  const opening = findMoment(context, "Q", ["SYN"]);
  must(client.q === undefined, "the server does not open Q", "it opened Q", opening);
}

/** The subject ends this connection over TLS with close_notify before its FIN. */
export function expectCloseNotify(connection: Connection): void {
  const { name, tls } = connection;
  const observed = `${name} ended without close_notify`;
  must(
    tls?.records.endsWithAlert === true,
    `close_notify on ${name}`,
    observed,
    findEnd(connection),
  );
}

export function expectFailureStatus({ exited, ending }: SubjectProcess): void {
  must(exited?.code !== 0, "an exit status other than 0", ending, "subject");
}

/** The process of a server; not applicable if the server ran before the suite. */
export function processOf({ program }: RunningServer): SubjectProcess {
  applies(program !== undefined, "the server was not started by the suite");
  return program;
}

export async function expectEndAfter(
  context: CaseContext,
  program: SubjectProcess,
  signal: StopSignal,
  expected = `the server ends after ${signal}`,
  only?: readonly number[],
): Promise<void> {
  const limit = context.timeouts.stop;
  program.kill(signal, only);
  const ended = await context.waitFor("the end", limit, () => program.exited !== undefined);
  must(ended, expected, `it still runs ${limit} ms later`);
}
