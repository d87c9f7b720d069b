// A talk over TLS: the suite as a client that believes anybody, and says on Q what a case wants it to.

import type { Attempt, Target } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Channel } from "../net/connection.ts";
import { REPLY_LIMIT } from "../spec/timeouts.ts";
import { key, open, type Talk } from "./native-client.ts";
import { need } from "../spec/verdict.ts";

export const HELLO = "-g hello.txt {dport}\n";

/** P is open and encrypted, and nothing has been said. */
export async function openSealed(attempt: Attempt, server?: Target): Promise<Talk> {
  const talk = await open(attempt, server);
  const done = await talk.p.secure({ part: "client" }, REPLY_LIMIT);
  need(done, "N4.1", `no handshake on P: ${talk.p.secrecy?.failed ?? "it does not end"}`);
  return talk;
}

/** The command is given, 150 has come, and Q is open, in the clear as yet. */
export async function toQ(talk: Talk, request = HELLO): Promise<{ q: Channel; proof: string }> {
  const reply = await talk.say(request).code("150");
  await talk.attempt.within("Q", REPLY_LIMIT, () => talk.q !== undefined);
  const { q } = talk;
  need(q !== undefined, "S7.5", "the server opened no Q");
  const proof = key(reply, "key") ?? "";
  need(/^[0-9a-f]{32}$/.test(proof), "N7.22", `150 has no such key: ${show(reply)}`);
  return { q, proof };
}

/** Encrypts Q as well. */
export async function seal(q: Channel): Promise<Channel> {
  const done = await q.secure({ part: "client" }, REPLY_LIMIT);
  need(done, "N7.23", `no handshake on Q: ${q.secrecy?.failed ?? "it does not end"}`);
  return q;
}

/** A whole get, as a good client does it. */
export async function fetchSealed(talk: Talk, request = HELLO): Promise<Channel> {
  const { q, proof } = await toQ(talk, request);
  (await seal(q)).send(proof);
  await talk.drained();
  await talk.code("226");
  return q;
}
