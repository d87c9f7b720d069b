// The native dialect: how a server reads a request.

import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { QUIET, REPLY_LIMIT } from "../../spec/timeouts.ts";
import {
  askNative,
  readField,
  openNative,
  sha256,
  type NativeClient,
} from "../../peer/native-client.ts";
import { must, need } from "../../spec/verdict.ts";

const HELLO = "-g hello.txt {dport}\n";
const role = "server";

const BEGINNING = 6; // bytes: that the file came is judged here, how it came in S7.10

async function delivers(talk: NativeClient, name: string, from = 0): Promise<void> {
  const content = talk.context.files.content(name);
  await talk.waitForCode("226");
  const wanted = content.subarray(from, from + BEGINNING);
  const got = (await talk.waitForQEnd()).subarray(0, wanted.length);
  const expected = `${name} from byte ${from} on Q, that is ${show(wanted)}`;
  must(got.length > 0 === wanted.length > 0, expected, show(got));
  must(Buffer.from(wanted).subarray(0, 3).equals(got.subarray(0, 3)), expected, show(got));
}

const served = (
  id: string,
  title: string,
  request: string,
  name = "hello.txt",
  from = 0,
): TestCase =>
  rule(id, title, async (context) => delivers(await askNative(context, request), name, from), {
    role,
  });

const refused = (id: string, code: string, title: string, request: string | Uint8Array): TestCase =>
  rule(
    id,
    title,
    async (context) => {
      const talk = await askNative(context, request);
      await talk.waitForCode(code);
      await context.happensWithin(() => talk.q !== undefined, QUIET);
      must(talk.q === undefined, "no Q", "the server opened Q");
    },
    { role },
  );

async function byteByByte(context: CaseContext): Promise<void> {
  const talk = await openNative(context);
  for (const letter of HELLO.replace("{dport}", `${talk.listener.port}`)) {
    talk.p.send(letter);
    await Bun.sleep(1);
  }
  await delivers(talk, "hello.txt");
}

/** FIN follows in the same turn: a quick server would have served before a later one. */
async function halfClosed(context: CaseContext): Promise<void> {
  const talk = (await openNative(context)).send(`HASH\n${HELLO}`);
  talk.p.finish();
  await delivers(talk, "hello.txt");
}

async function endless(context: CaseContext): Promise<void> {
  const talk = await askNative(context, "-g ".padEnd(5_000, "x"));
  await talk.waitForCode("500");
  await talk.waitForEnd();
  must(talk.p.hasEnded, "P is closed, though the line has not ended", "P is open");
}

/** Exactly 4,096 bytes with the line end: no file is called that, but the line is a good one. */
async function longest(context: CaseContext): Promise<void> {
  const talk = await openNative(context);
  const tail = ` ${talk.listener.port}\n`;
  const reply = await talk.send(`-g ${"x".repeat(4_096 - 3 - tail.length)}${tail}`).waitForReply();
  need(reply !== "", "N7.8", "no reply");
  must(!reply.startsWith("500 "), "an answer to the command itself", show(reply));
}

async function rest(context: CaseContext, offset: string, code: string): Promise<void> {
  await (await askNative(context, `REST ${offset}\n`)).waitForCode(code);
}

async function hashed(context: CaseContext, options = "HASH\n"): Promise<void> {
  const hash = sha256(context.files.content("lines.txt"));
  const talk = await askNative(context, `${options}-g lines.txt {dport}\n`);
  await talk.waitForCode("350");
  const got = readField(await talk.waitForCode("226"), "sha256");
  must(got === hash, `226 with sha256=${hash}`, `sha256=${got ?? "…, which is missing"}`);
}

async function login(context: CaseContext): Promise<void> {
  const talk = await askNative(context, "USER nobody\n");
  await talk.waitForCode("331");
  talk.send("PASS wrong\n");
  const answered = (): boolean => /^(230|530) .*\n/m.test(talk.p.text);
  await context.waitFor("the reply to PASS", REPLY_LIMIT, () => answered() || talk.p.hasEnded);
  must(answered(), "230 or 530 to PASS", show(talk.p.text));
}

async function oneCommand(context: CaseContext): Promise<void> {
  const talk = await openNative(context);
  const { port } = talk.listener;
  talk.send(`${HELLO}-l {dport}\n`.replaceAll("{dport}", `${port}`));
  await delivers(talk, "hello.txt");
  await talk.waitForEnd();
  await context.happensWithin(() => talk.listener.connections.length > 1, QUIET);
  const count = talk.listener.connections.length;
  must(count === 1, "one Q for one P", `${count} connections to the data port`);
  const codes = talk.replies.map((line) => line.slice(0, 3)).join(" ");
  must(codes === "150 226", "the replies 150 and 226, and no more", codes);
}

const of = (id: string, title: string, run: TestCase["run"]): TestCase =>
  rule(id, title, run, { role });

export const cases: TestCase[] = [
  of("N6.1", "a name in UTF-8", async (context) => {
    context.files.add("größe☃.txt", "snow\n");
    await delivers(await askNative(context, "-g größe☃.txt {dport}\n"), "größe☃.txt");
  }),
  served("N6.2", "CR LF at the end", HELLO.replace("\n", "\r\n")),
  of("N6.3", "5,000 bytes without a line end", endless),
  of("N6.3", "a line of 4,096 bytes is still a line", longest),
  served(
    "N6.4",
    "options, then -g",
    `USER me\nPASS secret\nREST 7\nHASH\n${HELLO}`,
    "hello.txt",
    7,
  ),
  served("N6.5", "a name of two words", "-g two words.txt {dport}\n", "two words.txt"),
  of("N6.5", "a name with spaces around it", async (context) => {
    context.files.add(" around ", "spaces\n");
    await delivers(await askNative(context, "-g  around  {dport}\n"), " around ");
  }),
  of("N6.6", "one byte a segment", byteByByte),
  of("N6.6", "options and command in one segment, and FIN", halfClosed),
  ...["0", "1023", "65536", "-1", "3e4", "0x7531", "+30021", "30021x", "9".repeat(80)].map((port) =>
    refused("N6.7", "501", `${show(port, 12)} as data port`, `-l ${port}\n`),
  ),
  refused("N6.7", "501", "-l without a data port", "-l\n"),
  refused("N6.8", "501", "an ESC in the name", "-g he\x1bllo.txt {dport}\n"),
  refused("N6.8", "501", "a NUL in the name", "-g hello.txt\0 {dport}\n"),
  of("N6.8", "a byte that is no UTF-8", async (context) => {
    const talk = await openNative(context);
    const request = Buffer.from(`-g hell\xff.txt ${talk.listener.port}\n`, "latin1");
    await talk.send(request).waitForCode("501");
    await context.happensWithin(() => talk.q !== undefined, QUIET);
    must(talk.q === undefined, "no Q", "the server opened Q");
  }),
  served("N6.9", "an offset inside the file", "REST 7\n-g hello.txt {dport}\n", "hello.txt", 7),
  of("N6.9", "the offset of the end", async (context) => {
    const { length } = context.files.content("hello.txt");
    await delivers(await askNative(context, `REST ${length}\n${HELLO}`), "hello.txt", length);
  }),
  of("N6.9", "the largest offset", (context) => rest(context, "9007199254740991", "350")),
  of("N6.9", "an offset one larger", (context) => rest(context, "9007199254740992", "501")),
  of("N6.9", "a word for an offset", (context) => rest(context, "ten", "501")),
  of("N6.10", "HASH and -g", (context) => hashed(context)),
  of("N6.10", "REST, HASH and -g", (context) => hashed(context, "REST 10\nHASH\n")),
  of("N6.10", "HASH, REST and -g", (context) => hashed(context, "HASH\nREST 10\n")),
  of("N6.11", "USER and PASS", login),
  of("N6.13", "two commands at once", oneCommand),
];
