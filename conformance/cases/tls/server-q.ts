// TLS on Q, for a server that has it: whose certificate is there, and what the key is for.

import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import type { Connection } from "../../net/connection.ts";
import { QUIET, REPLY_LIMIT, SERVER_LIMIT } from "../../spec/timeouts.ts";
import { fetchOverTls, openNativeTls, encryptQ, requestQ } from "../../peer/native-client-tls.ts";
import { readField, type NativeClient } from "../../peer/native-client.ts";
import { must, need } from "../../spec/verdict.ts";

async function keys(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const found: string[] = [];
  for (let more = 0; more < 2; more++) {
    const talk = await openNativeTls(context, server);
    const reply = await talk.send("-l {dport}\n").waitForCode("150");
    const value = readField(reply, "key") ?? "";
    must(/^[0-9a-f]{32}$/.test(value), "key=… of 32 lower-case hexadecimal digits", show(reply));
    found.push(value);
    talk.p.close();
  }
  must(found[0] !== found[1], "another key for another Q", `${found[0]} twice`);
}

async function identity(context: CaseContext): Promise<void> {
  const talk = await openNativeTls(context);
  const { q } = await requestQ(talk);
  must(q.length === 0, "nothing in the clear on Q", show(q.bytes));
  const done = await q.startTls({ part: "client" }, REPLY_LIMIT);
  must(done, "a handshake on Q, with the server as TLS server", q.tls?.failure ?? "none ends");
  const [onP, onQ] = [talk.p, q].map((channel) => channel.tls?.fingerprint);
  must(onQ !== undefined && onP === onQ, "the certificate of P", "another one");
}

/** Whatever is wrong on Q ends in 425, and Q with no byte. */
async function unproved(
  context: CaseContext,
  act: (q: Connection, key: string) => Promise<void>,
  limit = REPLY_LIMIT,
): Promise<void> {
  const talk = await openNativeTls(context);
  const { q, key } = await requestQ(talk);
  await act(q, key);
  await talk.waitForReply(2, limit);
  must(talk.replies[1]?.startsWith("425 ") === true, "425 behind the 150", show(talk.p.text));
  await context.waitFor("the end of Q", REPLY_LIMIT, () => q.hasEnded);
  need(q.hasEnded, "S7.6", "Q is open");
  // In the clear a server may say that it does not understand, as TLS does; a file it may not send.
  must(!holdsContents(talk, q), "no byte of contents on Q", show(q.bytes));
}

const holdsContents = (talk: NativeClient, q: Connection): boolean =>
  q.tls ? q.length > 0 : q.bytes.includes(talk.context.files.content("hello.txt").slice(0, 5));

const wrong = (key: string): string => key.replace(/.$/, (last) => (last === "0" ? "1" : "0"));

async function waits(context: CaseContext): Promise<void> {
  const talk = await openNativeTls(context);
  const { q, key } = await requestQ(talk);
  (await encryptQ(q)).send(key.slice(0, 31));
  await context.happensWithin(() => q.length > 0 || q.hasEnded, QUIET);
  must(q.length === 0, "nothing before the whole key", show(q.bytes));
  q.send(key.slice(31));
  await talk.waitForQEnd();
  need(q.length > 0, "S7.10", "nothing comes after it either");
}

async function delivered(context: CaseContext): Promise<void> {
  const talk = await openNativeTls(context);
  const q = await fetchOverTls(talk);
  const wanted = context.files.content("hello.txt");
  must(Buffer.compare(q.bytes, wanted) === 0, `${show(wanted)} on Q`, show(q.bytes));
}

const of = (id: string, title: string, run: TestCase["run"]): TestCase =>
  rule(id, title, run, { role: "server", needs: ["tls"] });

export const cases: TestCase[] = [
  of("N7.22", "two lists", keys),
  of("N7.23", "whom the handshake on Q shows", identity),
  of("N7.26", "the right key", delivered),
  of("N7.26", "the last digit of the key comes late", waits),
  of("N7.26", "the last digit of the key is wrong", (context) =>
    unproved(context, async (q, key) => (await encryptQ(q)).send(wrong(key))),
  ),
  of("N7.26", "a handshake, and no key", (context) =>
    unproved(context, async (q) => void (await encryptQ(q)), SERVER_LIMIT),
  ),
  of("N7.26", "the key in the clear", (context) =>
    unproved(context, async (q, key) => q.send(key), SERVER_LIMIT),
  ),
];
