// TLS on P, for a server that has it.

import type { Attempt } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type Case, rule } from "../../harness/test-case.ts";
import { REPLY_LIMIT, SERVER_LIMIT } from "../../spec/timeouts.ts";
import { fetchSealed, HELLO, openSealed } from "../../peer/native-client-tls.ts";
import { open, type Talk } from "../../peer/native-client.ts";
import { must, need } from "../../spec/verdict.ts";

/** A record with a ClientHello that goes on for 508 bytes more. */
const HALF_A_HELLO = Buffer.from("160301020001000001fc0303", "hex");

async function encrypted(attempt: Attempt): Promise<void> {
  const talk = await open(attempt);
  const done = await talk.p.secure({ part: "client" }, REPLY_LIMIT);
  const { secrecy } = talk.p;
  must(done, "a TLS handshake on P", `none: ${secrecy?.failed ?? "it does not end"}`);
  must(secrecy?.protocol === "TLSv1.3", "TLSv1.3", secrecy?.protocol ?? "nothing");
  await fetchSealed(talk);
  must(!secrecy.records.foreign, "nothing but TLS on P", "bytes that are no TLS record");
}

async function old(attempt: Attempt): Promise<void> {
  const talk = await open(attempt);
  const done = await talk.p.secure({ part: "client", version: "TLSv1.2" }, REPLY_LIMIT);
  must(!done, "no handshake with a client that has nothing newer than TLS 1.2", "there was one");
}

async function plain(attempt: Attempt): Promise<void> {
  const talk = await (await open(attempt)).say(HELLO).end();
  must(/^421 [^\n]+\n/.test(talk.p.text), "421 in the clear", show(talk.p.text));
  must(talk.p.over, "P is closed", "P is open");
  must(talk.q === undefined, "no Q", "the server opened Q");
}

async function bounded(attempt: Attempt, begin: (talk: Talk) => void): Promise<void> {
  const talk = await open(attempt);
  begin(talk);
  const over = await attempt.within("the end of P", SERVER_LIMIT, () => talk.p.over);
  must(over, `P is closed within ${SERVER_LIMIT} ms`, "the server still waits for a handshake");
}

async function halfClosed(attempt: Attempt): Promise<void> {
  const talk = (await openSealed(attempt)).say(HELLO);
  talk.p.finish();
  const first = await talk.reply();
  must(first.startsWith("150 "), "150, although the client has said all", show(talk.p.text));
}

/** Only what ended at all can have ended well. */
async function notified(attempt: Attempt): Promise<void> {
  const talk = await openSealed(attempt);
  const q = await fetchSealed(talk);
  need(q.over, "S7.6", "Q is open");
  must(q.secrecy?.records.notified === true, "close_notify on Q", "the end of Q without it");
  await talk.end();
  need(talk.p.over, "N8.1", "the server does not end P");
  must(talk.p.secrecy?.records.notified === true, "close_notify on P", "the end of P without it");
}

/** A server in the clear hears a client that speaks TLS. */
async function surprised(attempt: Attempt): Promise<void> {
  const talk = (await open(attempt)).say(HALF_A_HELLO);
  await talk.code("500");
}

const of = (id: string, title: string, run: Case["run"]): Case =>
  rule(id, title, run, { role: "server", needs: ["tls"] });

export const cases: Case[] = [
  of("N4.1", "a get over TLS", encrypted),
  of("N4.1", "a client of TLS 1.2", old),
  of("N5.3", "a command in the clear", plain),
  of("N5.4", "a client that says nothing", (attempt) => bounded(attempt, () => {})),
  of("N5.4", "half of a client's greeting", (attempt) =>
    bounded(attempt, (talk) => talk.say(HALF_A_HELLO)),
  ),
  rule("N5.5", "the greeting of a client that speaks TLS", surprised),
  of("N6.14", "a get, and close_notify", halfClosed),
  of("N7.27", "the ends of Q and P", notified),
];
