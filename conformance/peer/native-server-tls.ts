// A get over TLS that the suite serves by hand, with every part of it in a case's reach.

import type { Attempt } from "../harness/context.ts";
import { certificates, type Pair } from "../subject/certificates.ts";
import type { Channel } from "../net/connection.ts";
import { announce, got, TEXT } from "./native-server.ts";
import { REPLY_LIMIT } from "../spec/timeouts.ts";
import type { Play } from "./server.ts";
import { need } from "../spec/verdict.ts";

export const good = async (): Promise<Pair> => (await certificates()).pair("good");

/** P is sealed with the good certificate, or another; the case goes on at the command. */
export async function gotSealed(
  attempt: Attempt,
  atCommand: (play: Play) => Promise<void>,
  pair?: Pair,
): Promise<Play> {
  return await got(attempt, atCommand, { seal: pair ?? (await good()) });
}

export const newKey = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");

/** Q is there and announced, in the clear as yet. */
export async function dialSealed(play: Play, key = newKey()): Promise<Channel> {
  const q = await play.dialQ();
  announce(play, `key=${key} `);
  return q;
}

/** The handshake on Q, and the whole key. */
export async function seal(play: Play, q: Channel, key: string, pair?: Pair): Promise<void> {
  const done = await q.secure({ part: "server", ...(pair ?? (await good())) }, REPLY_LIMIT);
  need(done, "N7.24", `no TLS with the client on Q: ${q.secrecy?.failed}; ${play.program.words}`);
  await play.attempt.within("the key", REPLY_LIMIT, () => q.length >= key.length || q.over);
  need(q.text.startsWith(key), "N7.25", `no key on Q, but ${q.text.length} bytes`);
}

/** All of it, as a good server does it, with the end that is wanted. */
export async function deliverSealed(
  play: Play,
  end: (q: Channel) => void = (q) => q.finish(),
  pair?: Pair,
): Promise<Channel> {
  const key = newKey();
  const q = await dialSealed(play, key);
  await seal(play, q, key, pair);
  q.send(TEXT);
  end(q);
  return q;
}
