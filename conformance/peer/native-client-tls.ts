// A talk over TLS: the suite as a client that believes anybody, and says on Q what a case wants it to.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Connection } from "../net/connection.ts";
import { readField, openNative, type NativeClient } from "./native-client.ts";
import { need } from "../spec/verdict.ts";

export const GET_HELLO = "-g hello.txt {dport}\n";

/** P is open and encrypted, and nothing has been said. */
export async function openNativeTls(
  context: CaseContext,
  server?: RunningServer,
): Promise<NativeClient> {
  const talk = await openNative(context, server);
  const done = await talk.p.startTls({ part: "client" }, context.timeouts.reply);
  need(done, "N4.1", `no handshake on P: ${talk.p.tls?.failure ?? "it does not end"}`);
  return talk;
}

/** The command is given, 150 has come, and Q is open, in the clear as yet. */
export async function requestQ(
  talk: NativeClient,
  request = GET_HELLO,
): Promise<{ q: Connection; proof: string }> {
  const reply = await talk.send(request).waitForCode("150");
  await talk.context.waitFor("Q", talk.context.timeouts.reply, () => talk.q !== undefined);
  const { q } = talk;
  need(q !== undefined, "S7.5", "the server opened no Q");
  const proof = readField(reply, "key") ?? "";
  need(/^[0-9a-f]{32}$/.test(proof), "N7.22", `150 has no such key: ${show(reply)}`);
  return { q, proof };
}

/** Encrypts Q as well. */
export async function encryptQ(context: CaseContext, q: Connection): Promise<Connection> {
  const done = await q.startTls({ part: "client" }, context.timeouts.reply);
  need(done, "N7.23", `no handshake on Q: ${q.tls?.failure ?? "it does not end"}`);
  return q;
}

/** A whole get, as a good client does it. */
export async function fetchOverTls(talk: NativeClient, request = GET_HELLO): Promise<Connection> {
  const { q, proof } = await requestQ(talk, request);
  (await encryptQ(talk.context, q)).send(proof);
  await talk.waitForQEnd();
  await talk.waitForCode("226");
  return q;
}
