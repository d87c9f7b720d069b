// The native dialect: a server that lets the client open Q, after PASV.

import type { CaseContext } from "../../harness/context.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { show } from "../../net/bytes.ts";
import { Connection } from "../../net/connection.ts";
import { readField } from "../../peer/native-client.ts";
import {
  dialPort,
  openPassive,
  openPort,
  openQ,
  type PassiveClient,
} from "../../peer/native-passive.ts";
import { must, need } from "../../spec/verdict.ts";
import { findData, findEnd } from "../evidence.ts";
import { expectOptionReply, expectHandshake, expectNoQ, mustOn } from "../expectations.ts";

/** Another address of this machine, at which the server must not listen. */
const OTHER_HOST = "127.0.0.2";

async function inviteClient(context: CaseContext): Promise<void> {
  const client = await openPassive(context);
  const reply = await client.send("-g hello.txt {dport}\n").waitForReply(2);
  const port = Number(readField(reply, "port"));
  const isRight = reply.startsWith("229 ") && port >= 1024 && port <= 65_535;
  mustOn(client.p, isRight, "229 with a port from 1024 to 65535");
  const isKey = /^[0-9a-f]{32}$/.test(readField(reply, "key") ?? "");
  mustOn(client.p, isKey, "229 with a key of 32 lower-case hexadecimal digits");
  await expectNoQ(client);
}

async function listenOnOneAddress(context: CaseContext): Promise<void> {
  const passive = await openPort(context);
  await openQ(passive, "");
  const other = await dialPort(passive, OTHER_HOST);
  const expected = `nobody listens at ${OTHER_HOST}, because P came to ${passive.client.server.host}`;
  must(other instanceof Error, expected, "the server accepted a connection there", "Q");
}

async function expectNewKeys(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const first = await openPort(context, { server });
  const second = await openPort(context, { server });
  must(first.key !== second.key, "another key for another Q", `${first.key} twice`, "P");
}

async function refuseInvalidCommand(context: CaseContext): Promise<void> {
  const client = await openPassive(context);
  const reply = await client.send("-x {dport}\n").waitForReply(2);
  need(reply !== "", "S7.1", "the server sent no error");
  mustOn(client.p, !reply.startsWith("229 "), "no 229 for an invalid command after PASV");
}

/** The server sends the file to the connection that has brought the key. S7.10 tests more than its first bytes. */
async function expectFile({ client }: PassiveClient, q: Connection): Promise<void> {
  const { context, p } = client;
  const wanted = context.files.content("hello.txt").subarray(0, 5);
  await context.waitFor("the end of Q", context.timeouts.reply, () => q.hasEnded);
  const isRight = q.bytes.subarray(0, wanted.length).equals(wanted);
  mustOn(q, isRight, `${show(wanted)} at the beginning of Q`);
  q.close();
  await client.waitForEnd();
  const codes = client.replies.map((line) => line.slice(0, 3)).join(" ");
  mustOn(p, codes.startsWith("350 229 150"), "the replies 350, 229 and 150");
}

async function serveKey(context: CaseContext): Promise<void> {
  const passive = await openPort(context);
  await expectFile(passive, await openQ(passive, passive.key));
}

async function closePort(context: CaseContext): Promise<void> {
  const passive = await openPort(context);
  const q = await openQ(passive, passive.key);
  await passive.client.waitForReply(3);
  need(q.length > 0 || passive.client.replies.length > 2, "N7.3", "no 150 after the key");
  await expectClosedPort(passive);
}

async function expectClosedPort(passive: PassiveClient): Promise<void> {
  const again = await dialPort(passive);
  const expected = `nobody listens at port ${passive.port} any more`;
  must(again instanceof Error, expected, "the server still accepts connections there", "Q");
}

async function waitForWholeKey(context: CaseContext): Promise<void> {
  const passive = await openPort(context);
  const q = await openQ(passive, passive.key.slice(0, -1));
  const isEarly = (): boolean => q.length > 0 || passive.client.replies.length > 2;
  await context.happensWithin(isEarly, context.timeouts.quiet);
  must(!isEarly(), "the server waits for the whole key", "it did not wait", findData(q) ?? "P");
  q.send(passive.key.slice(-1));
  await expectFile(passive, q);
}

/** Strangers come first and send these texts. None of them gets a byte, and the client gets its file. */
async function rejectStrangers(
  context: CaseContext,
  choose: (key: string) => string[],
): Promise<void> {
  const passive = await openPort(context);
  const strangers: Connection[] = [];
  for (const text of choose(passive.key)) strangers.push(await openQ(passive, text, "N7.29"));
  await context.happensWithin(() => false, context.timeouts.quiet / 3);
  await expectFile(passive, await openQ(passive, passive.key, "N7.29"));
  for (const stranger of strangers) {
    await context.waitFor("the stranger's end", context.timeouts.reply, () => stranger.hasEnded);
    must(stranger.hasEnded, "the server closes the stranger's connection", "it is open", "Q");
    mustOn(stranger, stranger.length === 0, "no byte for a stranger");
  }
}

const changeLastDigit = (key: string): string =>
  key.replace(/.$/, (last) => (last === "0" ? "1" : "0"));

async function giveUp(context: CaseContext): Promise<void> {
  const passive = await openPort(context);
  const { client } = passive;
  const reply = await client.waitForReply(3, context.timeouts.server);
  const at = reply === "" ? findEnd(client.p) : findData(client.p);
  must(reply.startsWith("425 "), "425 after the 229", client.p.description, at);
  await expectClosedPort(passive);
}

async function expectTls(context: CaseContext): Promise<void> {
  const passive = await openPort(context, { isSecure: true });
  const { client, key } = passive;
  const q = await openQ(passive, "");
  const done = await q.startTls({ part: "client" }, context.timeouts.reply);
  expectHandshake(q, done, "a TLS handshake on Q, with the server as TLS server");
  const isSame = q.tls?.fingerprint === client.p.tls?.fingerprint;
  must(isSame, "the certificate of P on Q", "another certificate", "Q");
  q.send(key);
  await expectFile(passive, q);
}

/** In the clear, a server may send a TLS alert, but not the file. */
async function refuseClearKey(context: CaseContext): Promise<void> {
  const passive = await openPort(context, { isSecure: true });
  const q = await openQ(passive, passive.key);
  await context.waitFor("the end of Q", context.timeouts.server, () => q.hasEnded);
  const contents = context.files.content("hello.txt").slice(0, 5);
  mustOn(q, !q.bytes.includes(contents), "no byte of contents on Q");
}

const option = { role: "server" } as const;
const secure = { ...option, needs: ["tls"] } as const;
const of = (id: string, title: string, run: TestCase["run"]): TestCase =>
  rule(id, title, run, option);

export const cases: TestCase[] = [
  of("N6.18", "PASV", (context) => expectOptionReply(context, "PASV")),
  of("N7.28", "PASV, -g, and a client that also listens", inviteClient),
  of("N7.28", "the address of the port", listenOnOneAddress),
  of("N7.28", "the keys of two clients", expectNewKeys),
  of("N7.28", "PASV and an invalid command", refuseInvalidCommand),
  of("N7.29", "the right key", serveKey),
  of("N7.29", "the port after the key", closePort),
  of("N7.29", "the last digit of the key is late", waitForWholeKey),
  of("N7.29", "a stranger with a wrong key", (context) =>
    rejectStrangers(context, (key) => [changeLastDigit(key)]),
  ),
  of("N7.29", "a silent stranger, and one that sends more than the key", (context) =>
    rejectStrangers(context, (key) => ["", `${key}${key}`]),
  ),
  rule("N7.30", "nobody comes", giveUp, { ...option, isLong: true }),
  rule("N7.33", "TLS on Q", expectTls, secure),
  rule("N7.33", "the key in the clear", refuseClearKey, { ...secure, isLong: true }),
];
