// TLS on P, for a server that has it.

import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { REPLY_LIMIT, SERVER_LIMIT } from "../../spec/timeouts.ts";
import { fetchOverTls, GET_HELLO, openNativeTls } from "../../peer/native-client-tls.ts";
import { openNative, type NativeClient } from "../../peer/native-client.ts";
import { must, need } from "../../spec/verdict.ts";

/** A record with a ClientHello that goes on for 508 bytes more. */
const HALF_A_HELLO = Buffer.from("160301020001000001fc0303", "hex");

async function encrypted(context: CaseContext): Promise<void> {
  const talk = await openNative(context);
  const done = await talk.p.startTls({ part: "client" }, REPLY_LIMIT);
  const { tls } = talk.p;
  must(done, "a TLS handshake on P", `none: ${tls?.failure ?? "it does not end"}`);
  must(tls?.protocol === "TLSv1.3", "TLSv1.3", tls?.protocol ?? "nothing");
  await fetchOverTls(talk);
  must(!tls.records.isForeign, "nothing but TLS on P", "bytes that are no TLS record");
}

async function old(context: CaseContext): Promise<void> {
  const talk = await openNative(context);
  const done = await talk.p.startTls({ part: "client", version: "TLSv1.2" }, REPLY_LIMIT);
  must(!done, "no handshake with a client that has nothing newer than TLS 1.2", "there was one");
}

async function plain(context: CaseContext): Promise<void> {
  const talk = await (await openNative(context)).send(GET_HELLO).waitForEnd();
  must(/^421 [^\n]+\n/.test(talk.p.text), "421 in the clear", show(talk.p.text));
  must(talk.p.hasEnded, "P is closed", "P is open");
  must(talk.q === undefined, "no Q", "the server opened Q");
}

async function bounded(context: CaseContext, begin: (talk: NativeClient) => void): Promise<void> {
  const talk = await openNative(context);
  begin(talk);
  const over = await context.waitFor("the end of P", SERVER_LIMIT, () => talk.p.hasEnded);
  must(over, `P is closed within ${SERVER_LIMIT} ms`, "the server still waits for a handshake");
}

async function halfClosed(context: CaseContext): Promise<void> {
  const talk = (await openNativeTls(context)).send(GET_HELLO);
  talk.p.finish();
  const first = await talk.waitForReply();
  must(first.startsWith("150 "), "150, although the client has said all", show(talk.p.text));
}

/** Only what ended at all can have ended well. */
async function notified(context: CaseContext): Promise<void> {
  const talk = await openNativeTls(context);
  const q = await fetchOverTls(talk);
  need(q.hasEnded, "S7.6", "Q is open");
  must(q.tls?.records.endsWithAlert === true, "close_notify on Q", "the end of Q without it");
  await talk.waitForEnd();
  need(talk.p.hasEnded, "N8.1", "the server does not end P");
  must(talk.p.tls?.records.endsWithAlert === true, "close_notify on P", "the end of P without it");
}

/** A server in the clear hears a client that speaks TLS. */
async function surprised(context: CaseContext): Promise<void> {
  const talk = (await openNative(context)).send(HALF_A_HELLO);
  await talk.waitForCode("500");
}

const of = (id: string, title: string, run: TestCase["run"]): TestCase =>
  rule(id, title, run, { role: "server", needs: ["tls"] });

export const cases: TestCase[] = [
  of("N4.1", "a get over TLS", encrypted),
  of("N4.1", "a client of TLS 1.2", old),
  of("N5.3", "a command in the clear", plain),
  of("N5.4", "a client that says nothing", (context) => bounded(context, () => {})),
  of("N5.4", "half of a client's greeting", (context) =>
    bounded(context, (talk) => talk.send(HALF_A_HELLO)),
  ),
  rule("N5.5", "the greeting of a client that speaks TLS", surprised),
  of("N6.14", "a get, and close_notify", halfClosed),
  of("N7.27", "the ends of Q and P", notified),
];
