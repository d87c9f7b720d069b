// The native dialect: how a server reads a request.

import type { CaseContext } from "../../harness/context.ts";
import { findData, findEnd, findMoment } from "../evidence.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import {
  askNative,
  readField,
  openNative,
  sha256,
  type NativeClient,
} from "../../peer/native-client.ts";
import { expectNoQ, mustOn } from "../expectations.ts";
import { must, need } from "../../spec/verdict.ts";

const HELLO = "-g hello.txt {dport}\n";
const TOO_LONG_LINE = 5_000; // bytes
const LONGEST_LINE = 4_096; // bytes with the line end (N6.3)

/** The server sends the file from this offset. Only its first bytes are compared: S7.10 tests the rest. */
async function expectFile(client: NativeClient, name = "hello.txt", from = 0): Promise<void> {
  const content = client.context.files.content(name);
  await client.waitForCode("226");
  const wanted = content.subarray(from, from + 6);
  const got = (await client.waitForQEnd()).subarray(0, wanted.length);
  const isRight =
    got.length > 0 === wanted.length > 0 &&
    Buffer.from(wanted).subarray(0, 3).equals(got.subarray(0, 3));
  const expected = `${name} from byte ${from} on Q, which begins with ${show(wanted)}`;
  mustOn(client.q, isRight, expected);
}

const option = { role: "server" } as const;

/** What a server takes for a command that compares only a part of the word, or both in lower case. */
const NEAR_COMMANDS = ["-list", "-get hello.txt", "x-l", "-L", " -l"];

const ofServer = (id: string, title: string, run: TestCase["run"]): TestCase =>
  rule(id, title, run, option);

const served = (id: string, title: string, request: string, name?: string, from?: number) =>
  ofServer(id, title, async (context) => expectFile(await askNative(context, request), name, from));

/** A request whose text is the same for each port, or one that depends on the port. */
type Request = string | ((port: number) => Uint8Array);

const refused = (id: string, title: string, request: Request, code = "501"): TestCase => {
  const run = async (context: CaseContext): Promise<void> => {
    const client = await openNative(context);
    client.send(typeof request === "string" ? request : request(client.listener.port));
    await client.waitForCode(code);
    await expectNoQ(client);
  };
  return rule(id, title, run, { ...option, worked: "get" });
};

const answered = (id: string, title: string, request: string, code: string): TestCase =>
  ofServer(
    id,
    title,
    async (context) => void (await (await askNative(context, request)).waitForCode(code)),
  );

async function sendByteByByte(context: CaseContext): Promise<void> {
  const client = await openNative(context);
  for (const letter of HELLO.replace("{dport}", `${client.listener.port}`)) {
    client.p.send(letter);
    await Bun.sleep(1);
  }
  await expectFile(client);
}

/** FIN follows at once: if it came later, a fast server might have replied already. */
async function sendAndHalfClose(context: CaseContext): Promise<void> {
  const client = (await openNative(context)).send(`HASH\n${HELLO}`);
  client.p.finish();
  await expectFile(client);
}

async function rejectEndlessLine(context: CaseContext): Promise<void> {
  const client = await askNative(context, "-g ".padEnd(TOO_LONG_LINE, "x"));
  await client.waitForCode("500");
  const { p } = await client.waitForEnd();
  must(p.hasEnded, "the server closes P before the line has ended", "P is still open");
}

/** The line may be one byte longer than the longest, or hold as many bytes as that and no end. */
async function rejectLine(context: CaseContext, length: number, end: string): Promise<void> {
  const client = await openNative(context);
  const tail = end === "" ? "" : ` ${client.listener.port}${end}`;
  client.send(`-g ${"x".repeat(length - "-g ".length - tail.length)}${tail}`);
  await client.waitForCode("500");
}

/** A server that limits only commands could be made to keep any number of bytes. */
async function rejectLongOption(context: CaseContext): Promise<void> {
  const client = await askNative(context, `${"USER ".padEnd(LONGEST_LINE, "x")}\n`);
  await client.waitForCode("500");
}

/** No file has this name, but the line is allowed: it has exactly the longest length. */
async function acceptLongestLine(context: CaseContext): Promise<void> {
  const client = await openNative(context);
  const tail = ` ${client.listener.port}\n`;
  const name = "x".repeat(LONGEST_LINE - "-g ".length - tail.length);
  const reply = await client.send(`-g ${name}${tail}`).waitForReply();
  need(reply !== "", "N7.8", "the server sent no reply");
  mustOn(client.p, !reply.startsWith("500 "), "a reply about the file, not about the line");
}

/** Each reply is a line that ends with LF alone. */
async function expectPlainLineEnds(context: CaseContext): Promise<void> {
  const { p } = await (await askNative(context, `HASH\n${HELLO}`)).waitForEnd();
  need(p.length > 0, "N7.8", "the server sent no reply");
  mustOn(p, !p.text.includes("\r"), "replies that end with LF, without a CR before it");
}

async function expectHash(context: CaseContext, options: string): Promise<void> {
  const hash = sha256(context.files.content("lines.txt"));
  const client = await askNative(context, `${options}-g lines.txt {dport}\n`);
  await client.waitForCode("350");
  const reply = await client.waitForCode("226");
  mustOn(client.p, readField(reply, "sha256") === hash, `226 with sha256=${hash}`);
}

async function answerLogin(context: CaseContext): Promise<void> {
  const client = await askNative(context, "USER nobody\n");
  await client.waitForCode("331");
  client.send("PASS wrong\n");
  const { p } = client;
  const isAnswered = (): boolean => /^(230|530) [^\n]*\n/m.test(p.text);
  await context.waitFor(
    "the reply to PASS",
    context.timeouts.reply,
    () => isAnswered() || p.hasEnded,
  );
  const proof = client.replies.length > 1 ? findData(p) : findEnd(p);
  must(isAnswered(), "230 or 530 in reply to PASS", p.description, proof);
}

async function ignoreSecondCommand(context: CaseContext): Promise<void> {
  const client = await openNative(context);
  const { port } = client.listener;
  client.send(`${HELLO}-l {dport}\n`.replaceAll("{dport}", `${port}`));
  await expectFile(client);
  await client.waitForEnd();
  await context.happensWithin(() => client.listener.connections.length > 1, context.timeouts.quiet);
  const count = client.listener.connections.length;
  const opening = findMoment(context, "Q", ["SYN"]);
  must(count === 1, "the server opens Q once", `it opened Q ${count} times`, opening);
  const codes = client.replies.map((line) => line.slice(0, 3)).join(" ");
  mustOn(client.p, codes === "150 226", "only the replies 150 and 226");
}

async function serveNewFile(context: CaseContext, name: string): Promise<void> {
  context.files.add(name, "some text\n");
  await expectFile(await askNative(context, `-g ${name} {dport}\n`), name);
}

async function serveFromEnd(context: CaseContext): Promise<void> {
  const { length } = context.files.content("hello.txt");
  await expectFile(await askNative(context, `REST ${length}\n${HELLO}`), "hello.txt", length);
}

const BAD_PORTS = [
  "0",
  "1023",
  "65536",
  "-1",
  "3e4",
  "0x7531",
  "+30021",
  "30021x",
  "30021 ",
  "9".repeat(80),
];
const ALL_OPTIONS = "USER me\nPASS secret\nREST 7\nHASH\n";

export const cases: TestCase[] = [
  ofServer("N6.1", "the ends of the replies", expectPlainLineEnds),
  ofServer("N6.1", "a name in UTF-8", (context) => serveNewFile(context, "größe☃.txt")),
  served("N6.2", "a line that ends with CR LF", HELLO.replace("\n", "\r\n")),
  ofServer("N6.3", `${TOO_LONG_LINE} bytes without a line end`, rejectEndlessLine),
  ofServer("N6.3", "a line of the greatest allowed length", acceptLongestLine),
  ofServer("N6.3", "a line that is one byte longer", (context) =>
    rejectLine(context, LONGEST_LINE + 1, "\n"),
  ),
  ofServer("N6.3", "an option line that is one byte longer", rejectLongOption),
  ofServer("N6.3", `${LONGEST_LINE} bytes without a line end`, (context) =>
    rejectLine(context, LONGEST_LINE, ""),
  ),
  served("N6.4", "options, then -g", `${ALL_OPTIONS}${HELLO}`, "hello.txt", 7),
  ...NEAR_COMMANDS.map((line) =>
    refused("N6.4", `${line} and a port`, (port) => Buffer.from(`${line} ${port}\n`), "500"),
  ),
  served("N6.5", "a name of two words", "-g two words.txt {dport}\n", "two words.txt"),
  ofServer("N6.5", "a name with spaces around it", (context) => serveNewFile(context, " around ")),
  ofServer("N6.6", "one byte in each segment", sendByteByByte),
  ofServer("N6.6", "options and command in one segment, then FIN", sendAndHalfClose),
  ...BAD_PORTS.map((port) => refused("N6.7", `${show(port, 12)} as data port`, `-l ${port}\n`)),
  refused("N6.7", "-l without a data port", "-l\n"),
  refused("N6.8", "an ESC in the name", "-g he\x1bllo.txt {dport}\n"),
  refused("N6.8", "a NUL in the name", "-g hello.txt\0 {dport}\n"),
  refused("N6.8", "a byte that is not UTF-8", (port) =>
    Buffer.from(`-g hell\xff.txt ${port}\n`, "latin1"),
  ),
  served("N6.9", "an offset inside the file", `REST 7\n${HELLO}`, "hello.txt", 7),
  served(
    "N6.9",
    "two offsets, of which the last counts",
    `REST 3\nREST 7\n${HELLO}`,
    "hello.txt",
    7,
  ),
  ofServer("N6.9", "the offset of the end", serveFromEnd),
  answered("N6.9", "the largest offset", "REST 9007199254740991\n", "350"),
  answered("N6.9", "the largest offset plus one", "REST 9007199254740992\n", "501"),
  ...["ten", "-1", "0x10", "7.0"].map((word) =>
    answered("N6.9", `${word} as offset`, `REST ${word}\n`, "501"),
  ),
  ofServer("N6.10", "HASH and -g", (context) => expectHash(context, "HASH\n")),
  ofServer("N6.10", "REST, HASH and -g", (context) => expectHash(context, "REST 10\nHASH\n")),
  ofServer("N6.10", "HASH, REST and -g", (context) => expectHash(context, "HASH\nREST 10\n")),
  ofServer("N6.11", "USER and PASS", answerLogin),
  ofServer("N6.13", "two commands at once", ignoreSecondCommand),
];
