// TLS on P, for a server that has it.

import type { CaseContext } from "../../harness/context.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { expectCloseNotify, expectHandshake, expectNoQ, mustOn } from "../expectations.ts";
import { fetchOverTls, GET_HELLO, openNativeTls } from "../../peer/native-client-tls.ts";
import { openNative } from "../../peer/native-client.ts";
import { must, need } from "../../spec/verdict.ts";

/** A record that begins a ClientHello; 508 bytes of it are missing. */
const HALF_A_HELLO = Buffer.from("160301020001000001fc0303", "hex");

async function encryptP(context: CaseContext): Promise<void> {
  const client = await openNative(context);
  const { p } = client;
  const done = await p.startTls({ part: "client" }, context.timeouts.reply);
  expectHandshake(p, done, "a TLS handshake on P");
  const { tls } = p;
  must(tls?.protocol === "TLSv1.3", "TLSv1.3", tls?.protocol ?? "no version", "P");
  await fetchOverTls(client);
  must(!tls.records.isForeign, "only TLS records on P", "bytes that are not a TLS record", "P");
}

async function rejectOldVersion(context: CaseContext): Promise<void> {
  const { p } = await openNative(context);
  const done = await p.startTls({ part: "client", version: "TLSv1.2" }, context.timeouts.reply);
  const expected = "no handshake with a client that knows only TLS 1.2";
  must(!done, expected, "the handshake succeeded", "P");
}

async function rejectPlainText(context: CaseContext): Promise<void> {
  const client = await (await openNative(context)).send(GET_HELLO).waitForEnd();
  const { p } = client;
  mustOn(p, /^421 [^\n]+\n/.test(p.text), "421 in the clear");
  must(p.hasEnded, "the server closes P", "P is still open");
  await expectNoQ(client);
}

async function limitHandshake(context: CaseContext, sent: Uint8Array): Promise<void> {
  const { p } = await openNative(context);
  if (sent.length > 0) p.send(sent);
  const ended = await context.waitFor("the end of P", context.timeouts.server, () => p.hasEnded);
  const expected = `the server closes P within ${context.timeouts.server} ms`;
  must(ended, expected, "it still waits for a handshake");
}

async function replyAfterNotify(context: CaseContext): Promise<void> {
  const client = (await openNativeTls(context)).send(GET_HELLO);
  const { p } = client;
  p.finish();
  const isReply = (await client.waitForReply()).startsWith("150 ");
  mustOn(p, isReply, "150, although the client has ended its direction");
}

async function expectBothNotified(context: CaseContext): Promise<void> {
  const client = await openNativeTls(context);
  const q = await fetchOverTls(client);
  need(q.hasEnded, "S7.6", "Q is still open");
  expectCloseNotify(q);
  const { p } = await client.waitForEnd();
  need(p.hasEnded, "N8.1", "the server does not end P");
  expectCloseNotify(p);
}

/** This server has no TLS. */
async function reportUnexpectedTls(context: CaseContext): Promise<void> {
  await (await openNative(context)).send(HALF_A_HELLO).waitForCode("500");
}

const option = { role: "server", needs: ["tls"] } as const;

const limits = (title: string, sent: Uint8Array): TestCase =>
  rule("N5.4", title, (context) => limitHandshake(context, sent), { ...option, isLong: true });

export const cases: TestCase[] = [
  rule("N4.1", "a get over TLS", encryptP, option),
  rule("N4.1", "a client that knows only TLS 1.2", rejectOldVersion, option),
  rule("N5.3", "a command in the clear", rejectPlainText, option),
  limits("a client that is silent", new Uint8Array(0)),
  limits("half of a ClientHello", HALF_A_HELLO),
  rule("N5.5", "a ClientHello", reportUnexpectedTls),
  rule("N6.14", "a get, then close_notify", replyAfterNotify, option),
  rule("N7.27", "the ends of Q and P", expectBothNotified, option),
];
