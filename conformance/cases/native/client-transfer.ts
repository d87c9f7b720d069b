// The native dialect: when a client takes a transfer as complete, and what it shows and saves.

import { readdirSync } from "node:fs";
import type { CaseContext } from "../../harness/context.ts";
import { findOutput } from "../evidence.ts";
import { expectFailureStatus } from "../expectations.ts";
import { describeDifference, show } from "../../net/bytes.ts";
import { serveClient } from "../../peer/launch-client.ts";
import { rule, type TestCase } from "../../harness/test-case.ts";
import {
  sendStart,
  clientRule,
  sendContents,
  sendEnd,
  FILE,
  serveGet,
  expectNothingSaved,
  expectSaved,
  readSaved,
  TEXT,
} from "../../peer/native-server.ts";
import type { DialectServer } from "../../peer/server.ts";
import { sha256 } from "../../peer/native-client.ts";
import { applies, must, need } from "../../spec/verdict.ts";

type Act = (server: DialectServer) => Promise<void>;

/** Sends these bytes on Q, and then ends the transfer on P. */
const spoil =
  (bytes: Uint8Array, end: (server: DialectServer) => void): Act =>
  async (server) => {
    await sendContents(server, bytes);
    end(server);
  };

const TOO_FEW = TEXT.subarray(1);
const TOO_MANY = Buffer.concat([TEXT, Buffer.from("!")]);
const reportCut = (server: DialectServer): void => server.say("426 cut\n");
const endP = ({ p }: DialectServer): void => p.finish();
const confirmSeven = (server: DialectServer): void => server.say("226 bytes=7 done\n");

const spoiledFile = (title: string, act: Act): TestCase =>
  clientRule(
    "N7.16",
    title,
    async (context) => expectNothingSaved(context, await serveGet(context, act)),
    "get",
  );

/** A listing has no hash: there are only the count and the 226. */
const spoiledListing = (title: string, atCommand: Act): TestCase =>
  clientRule(
    "N7.16",
    title,
    async (context) => {
      const script = { kind: "list", payload: TEXT, atCommand } as const;
      const { program } = await serveClient(context, script);
      const running = await context.waitForEnd(program);
      need(!running, ["S8.1", "S8.3"], running ?? "");
      expectFailureStatus(program);
    },
    "list",
  );

/** A whole file, with other keys in the replies. */
const serveWithKeys =
  (keys: string, final: string): Act =>
  async (server) => {
    const q = await server.dialQ();
    sendStart(server, keys);
    q.send(TEXT);
    q.finish();
    server.say(final);
  };

async function ignoreUnknownKeys(context: CaseContext): Promise<void> {
  const act = serveWithKeys("colour=red weight=7 ", "226 mood=good bytes={size}{hash} done\n");
  expectSaved(context, await serveGet(context, act));
}

async function compareHash(context: CaseContext): Promise<void> {
  const wrong = sha256(Buffer.from("other contents"));
  const confirmWrong = (server: DialectServer): void =>
    server.say(`226 bytes={size} sha256=${wrong} done\n`);
  const server = await serveGet(context, spoil(TEXT, confirmWrong));
  const asked = server.options.some((line) => line.startsWith("HASH"));
  applies(asked, "the client did not ask for a hash");
  expectNothingSaved(context, server);
}

async function ignoreServerName(context: CaseContext): Promise<void> {
  const keys = "name=evil.txt file=../evil.txt filename=evil.txt ";
  await serveGet(context, serveWithKeys(keys, "226 bytes={size}{hash} done\n"));
  const { home, root, served } = context.files;
  const names = [home, root, served].flatMap((path) => readdirSync(path));
  const isKept = !names.includes("evil.txt");
  must(isKept, `the client writes only ${FILE}`, "it wrote evil.txt", "subject");
  need(readdirSync(home).length > 0, ["S7.15", "N7.2"], "the client saved nothing");
}

/** What no client makes of its own, between two words that show where it stands. */
const CONTROLS = "\x1b[38;5;201mred\x1b]0;title\x07\x08\r\x9b1m";
const [BEGIN, END] = ["from-here", "to-there"];
const SENT = `${BEGIN}${CONTROLS}${END}`;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]/;

/** A client may colour what it shows: only what stands between the two words comes from the server. */
function findControls(output: string): string | undefined {
  const begun = output.split(BEGIN).slice(1);
  const shown = begun.flatMap((text) => (text.includes(END) ? [text.split(END)[0] ?? ""] : []));
  const isWhole = output.includes("\x1b[38;5;201m") || output.includes("\x1b]0;title");
  return shown.find((text) => CONTROL.test(text)) ?? (isWhole ? output : undefined);
}

async function filterControls(context: CaseContext, kind: "list" | "get"): Promise<void> {
  const payload = Buffer.from(`one.txt\n${SENT}.txt\n`);
  const script = kind === "list" ? { kind, payload } : { kind, error: `No ${SENT} here` };
  const { program } = await serveClient(context, script, kind === "get" ? { file: FILE } : {});
  await context.waitForEnd(program);
  const found = findControls(program.output);
  const expected = "no control character of the server on the screen";
  must(found === undefined, expected, show(found ?? ""), findOutput(program));
  const [word, id] = kind === "list" ? ["one.txt", "S7.9"] : [BEGIN, "S7.4"];
  need(program.output.includes(word), id, `the client does not show ${word}; ${program.words}`);
}

const LENGTH = 200_000;
const OLD = Buffer.alloc(LENGTH, "old ");
const NEW = Buffer.alloc(LENGTH, "new ");
/** Without line ends: S7.15 tests whether a client keeps those. */
const ONLY = Buffer.from(Array.from({ length: LENGTH }, (_, at) => 32 + (at % 89)));

/** The first transfer is cut in the middle. The next one ends with all bytes of its own file, or with no file. */
async function resumeTransfer(context: CaseContext, first: Buffer, second: Buffer): Promise<void> {
  await cutTransfer(context, first);
  const version = first === second ? "v1" : "v2";
  const { program } = await serveGet(context, (server) => serveRest(server, second, version));
  const observed = describeDifference(second, readSaved(context) ?? second);
  const expected = "all bytes of the file on the server, or no file";
  must(observed === undefined, expected, `${observed}; ${program.words}`, "subject");
}

const resumes = (title: string, first: Buffer, second: Buffer): TestCase => {
  const options = { role: "client", worked: "get", isLong: true } as const;
  return rule("N7.20", title, (context) => resumeTransfer(context, first, second), options);
};

async function cutTransfer(context: CaseContext, content: Buffer): Promise<void> {
  await serveGet(context, async (server) => {
    const q = await server.dialQ();
    server.say(`150 bytes=${content.length} port={qport} version=v1 the file comes\n`);
    q.send(content.subarray(0, content.length / 2));
    await Bun.sleep(context.timeouts.quiet / 3);
    q.abort();
    reportCut(server);
    endP(server);
  });
  need(readSaved(context) === undefined, "S7.18", `half of the file is called ${FILE}`);
}

/** Serves a get from the offset that the client asked for, if it asked for one. */
async function serveRest(server: DialectServer, content: Buffer, version: string): Promise<void> {
  const rest = server.options.find((line) => line.startsWith("REST "));
  const part = content.subarray(Number(rest?.slice(5) ?? 0));
  const q = await server.dialQ();
  server.say(`150 bytes=${part.length} port={qport} version=${version} the file comes\n`);
  q.send(part);
  q.finish();
  const hash = server.options.includes("HASH\n") ? ` sha256=${sha256(content)}` : "";
  server.say(`226 bytes=${part.length}${hash} done\n`);
}

async function saveEmptyFile(context: CaseContext): Promise<void> {
  const script = { kind: "get", payload: Buffer.alloc(0) } as const;
  const { program } = await serveClient(context, script, { file: FILE });
  const running = await context.waitForEnd(program);
  need(!running, ["S8.1", "S8.3"], running ?? "");
  const saved = readSaved(context);
  const observed = saved === undefined ? `no such file; ${program.words}` : show(saved);
  must(saved?.length === 0, `an empty file ${FILE}`, observed, "subject");
}

async function closeQEarly(context: CaseContext): Promise<void> {
  await serveGet(context, async (server) => {
    await sendContents(server);
    const isClosed = (): boolean => server.q?.hasEnded === true;
    // Long before the client would stop to wait for 226.
    await context.waitFor("the client's end of Q", context.timeouts.close / 4, isClosed);
    must(isClosed(), "the client closes its end of Q", "it keeps Q open until 226");
    sendEnd(server);
  });
}

export const cases: TestCase[] = [
  clientRule("N7.2", "replies with unknown keys", ignoreUnknownKeys),
  spoiledFile("one byte too few, then 226", spoil(TOO_FEW, sendEnd)),
  spoiledFile("one byte too many, then 226", spoil(TOO_MANY, sendEnd)),
  spoiledFile("all bytes, then 426", spoil(TEXT, reportCut)),
  spoiledFile("all bytes, then the end of P", spoil(TEXT, endP)),
  spoiledListing("a listing with one byte too many, then 226", spoil(TOO_MANY, sendEnd)),
  spoiledListing("a whole listing, then 426", spoil(TEXT, reportCut)),
  spoiledListing("a whole listing, then 226 with another count", spoil(TEXT, confirmSeven)),
  clientRule("N7.16", "an empty file, then 226", saveEmptyFile, "get"),
  clientRule("N7.17", "226 with a wrong hash", compareHash, "get"),
  clientRule("N7.18", "150 names another file", ignoreServerName),
  clientRule("N7.19", "an error with control characters", (context) =>
    filterControls(context, "get"),
  ),
  clientRule("N7.19", "a listing with control characters", (context) =>
    filterControls(context, "list"),
  ),
  resumes("a transfer is cut, then the file has another version", OLD, NEW),
  resumes("a transfer is cut, then the file has the same version", ONLY, ONLY),
  clientRule("N8.2", "Q has ended, and 226 is late", closeQEarly),
];
