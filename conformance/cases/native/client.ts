// The native dialect: what a client makes of replies and bytes, and what it lets through.

import { readdirSync } from "node:fs";
import type { CaseContext } from "../../harness/context.ts";
import { describeDifference } from "../../net/bytes.ts";
import { serveClient } from "../../peer/launch-client.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
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
import { CLOSE_LIMIT, GIVE_UP_LIMIT, QUIET } from "../../spec/timeouts.ts";
import type { DialectServer } from "../../peer/server.ts";
import { sha256 } from "../../peer/native-client.ts";
import { applies, must, need } from "../../spec/verdict.ts";

const spoiled = (title: string, spoil: (play: DialectServer) => Promise<void>): TestCase =>
  rule(
    "N7.16",
    title,
    async (context) => expectNothingSaved(context, await serveGet(context, spoil)),
    {
      role: "client",
    },
  );

/** Of a listing no hash is ever told: there the count and 226 are all there is. */
const misled = (title: string, spoil: (play: DialectServer) => Promise<void>): TestCase =>
  clientRule("N7.16", title, async (context) => {
    const { program } = await serveClient(context, {
      kind: "list",
      payload: TEXT,
      atCommand: spoil,
    });
    need(await program.waitForExit(GIVE_UP_LIMIT), "S8.1, S8.3", "the client still runs");
    must(program.exited?.code !== 0, "an exit status other than 0", program.ending);
  });

async function damaged(context: CaseContext): Promise<void> {
  const over = await serveGet(context, async (play) => {
    await sendContents(play);
    play.say(`226 bytes={size} sha256=${sha256(Buffer.from("other contents"))} done\n`);
  });
  const asked = over.options.some((line) => line.startsWith("HASH"));
  applies(asked, "the client did not ask for a hash");
  expectNothingSaved(context, over);
}

async function renamed(context: CaseContext): Promise<void> {
  await serveGet(context, async (play) => {
    const q = await play.dialQ();
    sendStart(play, "name=evil.txt file=../evil.txt filename=evil.txt ");
    q.send(TEXT);
    q.finish();
    sendEnd(play);
  });
  const { home, root, served } = context.files;
  const names = [home, root, served].flatMap((path) => readdirSync(path));
  must(!names.includes("evil.txt"), `only ${FILE} is written`, "evil.txt was written");
  need(readdirSync(home).length > 0, "S7.15, N7.2", "nothing is written");
}

const NASTY = "\x1b[31mred\x1b]0;title\x07\x08\r\x9b1m";

async function clean(context: CaseContext, kind: "list" | "get"): Promise<void> {
  const payload = Buffer.from(`one.txt\n${NASTY}.txt\n`);
  const script = kind === "list" ? { kind, payload } : { kind, error: `No ${NASTY} here` };
  const { program } = await serveClient(context, script, kind === "get" ? { file: FILE } : {});
  await program.waitForExit(GIVE_UP_LIMIT);
  const through = /[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]/.exec(program.output)?.[0];
  must(through === undefined, "no control character on the screen", program.words);
}

/** The first half of one version, then a whole other one: no mixture may get the name. */
async function resumed(context: CaseContext): Promise<void> {
  const [old, fresh] = [Buffer.alloc(200_000, "old "), Buffer.alloc(200_000, "new ")];
  await cutAt(context, old, old.length / 2);
  const second = await serveGet(context, (play) => serve(play, fresh, "v2"));
  const bytes = readSaved(context);
  const pure = bytes === undefined || Buffer.compare(bytes, fresh) === 0;
  must(pure, "all of the new version, or nothing", `a mixture; ${second.program.words}`);
}

/** What was cut goes on where it ended, or begins again: in either way the file is the server's. */
async function resumedSame(context: CaseContext): Promise<void> {
  // Without line ends: whether those are kept is judged in S7.15.
  const content = Buffer.from(Array.from({ length: 200_000 }, (_, at) => 32 + (at % 89)));
  await cutAt(context, content, 100_000);
  const second = await serveGet(context, (play) => serve(play, content, "v1"));
  const differs = describeDifference(content, readSaved(context) ?? content);
  const expected = "the contents of the server, or nothing";
  must(differs === undefined, expected, `${differs}; ${second.program.words}`);
}

async function cutAt(context: CaseContext, content: Buffer, bytes: number): Promise<void> {
  await serveGet(context, async (play) => {
    const q = await play.dialQ();
    play.say(`150 bytes=${content.length} port={qport} version=v1 the file comes\n`);
    q.send(content.subarray(0, bytes));
    await Bun.sleep(QUIET / 3);
    q.abort();
    play.say("426 cut\n");
    play.p.finish();
  });
  need(readSaved(context) === undefined, "S7.18", `half a file is called ${FILE}`);
}

/** The server side of a resumed get: from the offset that was asked for, if any was. */
async function serve(play: DialectServer, content: Buffer, version: string): Promise<void> {
  const rest = play.options.find((line) => line.startsWith("REST "));
  const part = content.subarray(Number(rest?.slice(5) ?? 0));
  const q = await play.dialQ();
  play.say(`150 bytes=${part.length} port={qport} version=${version} the file comes\n`);
  q.send(part);
  q.finish();
  const hash = play.options.includes("HASH\n") ? ` sha256=${sha256(content)}` : "";
  play.say(`226 bytes=${part.length}${hash} done\n`);
}

async function closesQ(context: CaseContext): Promise<void> {
  await serveGet(context, async (play) => {
    await sendContents(play);
    const closed = (): boolean => play.q?.hasEnded === true;
    // Well before the client's own patience with 226 ends.
    await context.waitFor("the client's end of Q", CLOSE_LIMIT / 4, closed);
    must(closed(), "the client closes its end of Q", "it waits for 226");
    sendEnd(play);
  });
}

export const cases: TestCase[] = [
  clientRule("N7.2", "keys that nobody has heard of", async (context) => {
    const over = await serveGet(context, async (play) => {
      const q = await play.dialQ();
      sendStart(play, "colour=red weight=7 ");
      q.send(TEXT);
      q.finish();
      play.say("226 mood=good bytes={size}{hash} done\n");
    });
    expectSaved(context, over);
  }),
  spoiled("a byte too few, and 226", async (play) => {
    await sendContents(play, TEXT.subarray(1));
    sendEnd(play);
  }),
  spoiled("a byte too many, and 226", async (play) => {
    await sendContents(play, Buffer.concat([TEXT, Buffer.from("!")]));
    sendEnd(play);
  }),
  spoiled("all bytes, and 426", async (play) => {
    await sendContents(play);
    play.say("426 cut\n");
  }),
  spoiled("all bytes, and the end of P", async (play) => {
    await sendContents(play);
    play.p.finish();
  }),
  misled("a listing with a byte too many, and 226", async (play) => {
    await sendContents(play, Buffer.concat([TEXT, Buffer.from("!")]));
    sendEnd(play);
  }),
  misled("a whole listing, and 426", async (play) => {
    await sendContents(play);
    play.say("426 cut\n");
  }),
  misled("a whole listing, and 226 with another count", async (play) => {
    await sendContents(play);
    play.say("226 bytes=7 done\n");
  }),
  clientRule("N7.17", "a hash of something else", damaged),
  clientRule("N7.18", "150 names another file", renamed),
  clientRule("N7.19", "an error with control characters", (context) => clean(context, "get")),
  clientRule("N7.19", "a listing with control characters", (context) => clean(context, "list")),
  clientRule("N7.20", "a transfer that was cut, and another version", resumed),
  clientRule("N7.20", "a transfer that was cut, and the same version", resumedSame),
  clientRule("N8.2", "Q has ended, and 226 is late", closesQ),
];
