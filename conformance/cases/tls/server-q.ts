// TLS on Q, for a server that has it: its certificate and the key.

import type { CaseContext } from "../../harness/context.ts";
import { findData, findEnd } from "../evidence.ts";
import { expectHandshake, mustOn } from "../expectations.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import type { Connection } from "../../net/connection.ts";
import { fetchOverTls, openNativeTls, encryptQ, requestQ } from "../../peer/native-client-tls.ts";
import { readField, type NativeClient } from "../../peer/native-client.ts";
import { must, need } from "../../spec/verdict.ts";

async function expectNewKeys(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const read = async (): Promise<string> => {
    const client = await openNativeTls(context, server);
    const reply = await client.send("-l {dport}\n").waitForCode("150");
    const key = readField(reply, "key") ?? "";
    const isKey = /^[0-9a-f]{32}$/.test(key);
    mustOn(client.p, isKey, "150 with a key of 32 lower-case hexadecimal digits");
    client.p.close();
    return key;
  };
  const first = await read();
  must((await read()) !== first, "another key for another Q", `${first} twice`);
}

async function expectCertificateOfP(context: CaseContext): Promise<void> {
  const client = await openNativeTls(context);
  const { q } = await requestQ(client);
  mustOn(q, q.length === 0, "nothing in the clear on Q");
  const done = await q.startTls({ part: "client" }, context.timeouts.reply);
  expectHandshake(q, done, "a TLS handshake on Q, with the server as TLS server");
  const isSame =
    q.tls?.fingerprint !== undefined && q.tls.fingerprint === client.p.tls?.fingerprint;
  must(isSame, "the certificate of P on Q", "another certificate", "Q");
}

/** What the client does on Q with its key, and how long the server may take to answer. */
type Act = (client: NativeClient, q: Connection, key: string) => Promise<void>;
type Limit = "reply" | "server";

/** The client does something wrong on Q. The server answers 425 and sends no contents. */
async function expectNoContents(context: CaseContext, act: Act, limit: Limit): Promise<void> {
  const client = await openNativeTls(context);
  const { q, key } = await requestQ(client);
  await act(client, q, key);
  const reply = await client.waitForReply(2, context.timeouts[limit]);
  const { p } = client;
  const at = reply === "" ? findEnd(p) : findData(p);
  must(reply.startsWith("425 "), "425 after the 150", p.description, at);
  await context.waitFor("the end of Q", context.timeouts.reply, () => q.hasEnded);
  need(q.hasEnded, "S7.6", "Q is still open");
  // In the clear, a server may send a TLS alert, but not the file.
  mustOn(q, !hasContents(client, q), "no byte of contents on Q");
}

const hasContents = (client: NativeClient, q: Connection): boolean =>
  q.tls ? q.length > 0 : q.bytes.includes(client.context.files.content("hello.txt").slice(0, 5));

const changeLastDigit = (key: string): string =>
  key.replace(/.$/, (last) => (last === "0" ? "1" : "0"));

const sendWrongKey: Act = async ({ context }, q, key) =>
  (await encryptQ(context, q)).send(changeLastDigit(key));

async function waitForWholeKey(context: CaseContext): Promise<void> {
  const client = await openNativeTls(context);
  const { q, key } = await requestQ(client);
  (await encryptQ(context, q)).send(key.slice(0, -1));
  await context.happensWithin(() => q.length > 0 || q.hasEnded, context.timeouts.quiet);
  mustOn(q, q.length === 0, "nothing on Q before the whole key");
  q.send(key.slice(-1));
  await client.waitForQEnd();
  need(q.length > 0, "S7.10", "there is nothing on Q after the whole key either");
}

async function expectContents(context: CaseContext): Promise<void> {
  const q = await fetchOverTls(await openNativeTls(context));
  const wanted = context.files.content("hello.txt");
  mustOn(q, Buffer.compare(q.bytes, wanted) === 0, `${show(wanted)} on Q`);
}

const option = { role: "server", needs: ["tls"] } as const;

const rejects = (title: string, act: Act, limit: Limit = "server"): TestCase =>
  rule("N7.26", title, (context) => expectNoContents(context, act, limit), {
    ...option,
    isLong: limit === "server",
  });

export const cases: TestCase[] = [
  rule("N7.22", "the keys of two listings", expectNewKeys, option),
  rule("N7.23", "the certificate on Q", expectCertificateOfP, option),
  rule("N7.26", "the right key", expectContents, option),
  rule("N7.26", "the last digit of the key is late", waitForWholeKey, option),
  rejects("the last digit of the key is wrong", sendWrongKey, "reply"),
  rejects("a handshake and no key", async ({ context }, q) => void (await encryptQ(context, q))),
  rejects("the key in the clear", async (_, q, key) => q.send(key)),
];
