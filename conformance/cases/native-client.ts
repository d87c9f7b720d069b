// The native dialect: what a client sends, whom it trusts, and what it lets through.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Attempt, HOST } from "../attempt.ts";
import { show } from "../bytes.ts";
import { type Case, rule } from "../case.ts";
import { Channel } from "../channel.ts";
import { CLOSE_LIMIT, GIVE_UP_LIMIT, POLL, QUIET, REPLY_LIMIT } from "../patience.ts";
import { type Call, play, type Play, sent } from "../play.ts";
import { sha256 } from "../talk.ts";
import { applies, must, need, NoVerdict } from "../verdict.ts";
import { dial } from "../wire.ts";

const file = "hello.txt";
const role = "client";
const TEXT = Buffer.from("the true contents of the file\n");

const saved = (attempt: Attempt, name = file): Uint8Array | undefined => {
  const path = join(attempt.files.home, name);
  return existsSync(path) ? readFileSync(path) : undefined;
};

/** Plays a get and lets the script go on by itself once the command has come. */
async function got(
  attempt: Attempt,
  atCommand: (play: Play) => Promise<void>,
  call: Call = {},
): Promise<Play> {
  const done = await play(attempt, { kind: "get", payload: TEXT, atCommand }, { file, ...call });
  const ended = await done.program.ended(GIVE_UP_LIMIT);
  need(ended, "S8.1, S8.3", `${GIVE_UP_LIMIT} ms later the client still runs`);
  return done;
}

/** The transfer was a success: its contents are there, under whatever name and in whatever form (S7.15). */
function isWhole(attempt: Attempt, { program }: Play): void {
  const { home } = attempt.files;
  const contents = readdirSync(home).map((name) => readFileSync(join(home, name), "latin1"));
  const there = contents.some((text) => text.startsWith("the true contents"));
  const observed = contents.map((text) => show(text)).join(", ") || "nothing";
  must(there, "the contents that the server sent", `${observed}; ${program.words}`);
}

/** Neither the file nor a word of success. */
function isNothing(attempt: Attempt, { program }: Play): void {
  const there = saved(attempt);
  must(there === undefined, `nothing is called ${file}`, `it holds ${show(there ?? "")}`);
  must(program.exited?.code !== 0, "an exit status other than 0", program.ending);
}

const announce = (play: Play, extra = ""): void =>
  play.say(`150 ${extra}bytes={size} port={qport} version=v1 the file comes\n`);

async function deliver(play: Play, bytes: Uint8Array = TEXT): Promise<void> {
  const q = await play.dialQ();
  announce(play);
  q.send(bytes);
  q.finish();
}

const done = (play: Play): void => play.say("226 bytes={size}{hash} done\n");

async function requestIs(attempt: Attempt, name: string, wanted: string): Promise<void> {
  const dataport = attempt.dataPort();
  const call = { file: name, dataport };
  const heard = await play(attempt, { kind: "get", atCommand: async () => {} }, call);
  const line = Buffer.from(wanted.replace("{dport}", ""));
  const said = heard.p.text.slice(heard.options.join("").length);
  // Which port it names is judged in S6.1.
  const same = said.replace(/ \d+(?=\r?\n$)/, " ") === line.toString("latin1");
  must(same, `${show(wanted)} on P`, sent(heard));
}

/** A stranger is faster than the server, from another address or from another port. */
async function stranger(attempt: Attempt, from: string): Promise<void> {
  let thief: Channel | undefined;
  const over = await got(attempt, async (play) => {
    thief = await intrude(play, from);
    thief.send("the stranger's contents\n");
    thief.finish();
    await deliver(play);
    done(play);
  });
  isWhole(attempt, over);
  must(thief?.over === true, "the stranger is closed", "its connection was kept");
}

async function intrude(play: Play, from: string): Promise<Channel> {
  const port = Number(play.values["dport"]);
  const { attempt } = play;
  for (const end = performance.now() + REPLY_LIMIT; performance.now() < end;) {
    const made = await dial(attempt.timeline, "Q", { host: HOST, port, from });
    if (made instanceof Channel) return attempt.hold(made);
    await Bun.sleep(POLL);
  }
  throw new NoVerdict(`it rests on S6.2: nobody can be reached at the data port from ${from}`);
}

async function otherAddress(attempt: Attempt): Promise<void> {
  let reached: Channel | Error | undefined;
  const over = await got(attempt, async (play) => {
    const port = Number(play.values["dport"]);
    await Bun.sleep(QUIET / 2);
    reached = await dial(attempt.timeline, "Q", { host: "127.0.0.2", port });
    if (reached instanceof Channel) attempt.hold(reached);
    await deliver(play);
    done(play);
  });
  must(!(reached instanceof Channel), `a listener on ${HOST} alone`, "127.0.0.2 reaches it too");
  isWhole(attempt, over);
}

const spoiled = (title: string, spoil: (play: Play) => Promise<void>): Case =>
  rule("N7.16", title, async (attempt) => isNothing(attempt, await got(attempt, spoil)), { role });

async function damaged(attempt: Attempt): Promise<void> {
  const over = await got(attempt, async (play) => {
    await deliver(play);
    play.say(`226 bytes={size} sha256=${sha256(Buffer.from("other contents"))} done\n`);
  });
  const asked = over.options.some((line) => line.startsWith("HASH"));
  applies(asked, "the client did not ask for a hash");
  isNothing(attempt, over);
}

async function renamed(attempt: Attempt): Promise<void> {
  await got(attempt, async (play) => {
    const q = await play.dialQ();
    announce(play, "name=evil.txt file=../evil.txt filename=evil.txt ");
    q.send(TEXT);
    q.finish();
    done(play);
  });
  const { home, root, served } = attempt.files;
  const names = [home, root, served].flatMap((path) => readdirSync(path));
  must(!names.includes("evil.txt"), `only ${file} is written`, "evil.txt was written");
  need(readdirSync(home).length > 0, "S7.15", "nothing is written");
}

const NASTY = "\x1b[31mred\x1b]0;title\x07\x08\r\x9b1m";

async function clean(attempt: Attempt, kind: "list" | "get"): Promise<void> {
  const payload = Buffer.from(`one.txt\n${NASTY}.txt\n`);
  const script = kind === "list" ? { kind, payload } : { kind, error: `No ${NASTY} here` };
  const { program } = await play(attempt, script, kind === "get" ? { file } : {});
  await program.ended(GIVE_UP_LIMIT);
  const through = /[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]/.exec(program.output)?.[0];
  must(through === undefined, "no control character on the screen", program.words);
}

/** The first half of one version, then a whole other one: no mixture may get the name. */
async function resumed(attempt: Attempt): Promise<void> {
  const [old, fresh] = [Buffer.alloc(40_000, "old "), Buffer.alloc(40_000, "new ")];
  await got(attempt, async (play) => {
    const q = await play.dialQ();
    play.say(`150 bytes=${old.length} port={qport} version=v1 the file comes\n`);
    q.send(old.subarray(0, 20_000));
    await Bun.sleep(QUIET / 3);
    q.abort();
    play.say("426 cut\n");
    play.p.finish();
  });
  need(saved(attempt) === undefined, "S7.18", `half a file is called ${file}`);
  const second = await got(attempt, (play) => serve(play, fresh));
  const bytes = saved(attempt);
  const pure = bytes === undefined || Buffer.compare(bytes, fresh) === 0;
  must(pure, "all of the new version, or nothing", `a mixture; ${second.program.words}`);
}

/** The server side of a resumed get: from the offset that was asked for, if any was. */
async function serve(play: Play, content: Buffer): Promise<void> {
  const rest = play.options.find((line) => line.startsWith("REST "));
  const part = content.subarray(Number(rest?.slice(5) ?? 0));
  const q = await play.dialQ();
  play.say(`150 bytes=${part.length} port={qport} version=v2 the file comes\n`);
  q.send(part);
  q.finish();
  const hash = play.options.includes("HASH\n") ? ` sha256=${sha256(content)}` : "";
  play.say(`226 bytes=${part.length}${hash} done\n`);
}

async function closesQ(attempt: Attempt): Promise<void> {
  await got(attempt, async (play) => {
    await deliver(play);
    const closed = (): boolean => play.q?.over === true;
    await attempt.within("the client's end of Q", CLOSE_LIMIT, closed);
    must(closed(), "the client closes its end of Q", "it waits for 226");
    done(play);
  });
}

/** Options come one by one, each after the reply to the last. */
async function onePerReply(attempt: Attempt): Promise<void> {
  const { options, p } = await play(attempt, { kind: "get", atCommand: async () => {} }, { file });
  applies(options.length > 0, "the client sends no option lines");
  const pieces = attempt.timeline.moments.filter(
    ({ track, actor, kind }) => track === "P" && actor === "subject" && kind === "data",
  );
  const early = pieces.find(({ text }) => (text.match(/\\n/g)?.length ?? 0) > 1);
  must(early === undefined, "a line, its reply, and then the next line", show(p.bytes));
}

const client = (id: string, title: string, run: Case["run"]): Case =>
  rule(id, title, run, { role });

export const cases: Case[] = [
  client("N6.1", "a name in UTF-8, and a line end", (attempt) =>
    requestIs(attempt, "größe.txt", "-g größe.txt {dport}\n"),
  ),
  client("N6.4", "-g", (attempt) => requestIs(attempt, file, `-g ${file} {dport}\n`)),
  client("N6.5", "a name of two words", (attempt) =>
    requestIs(attempt, "two words.txt", "-g two words.txt {dport}\n"),
  ),
  client("N6.12", "its option lines", onePerReply),
  client("N7.2", "keys that nobody has heard of", async (attempt) => {
    const over = await got(attempt, async (play) => {
      const q = await play.dialQ();
      announce(play, "colour=red weight=7 ");
      q.send(TEXT);
      q.finish();
      play.say("226 mood=good bytes={size}{hash} done\n");
    });
    isWhole(attempt, over);
  }),
  client("N7.14", "Q is dialled at another address of this machine", otherAddress),
  client("N7.15", "a stranger comes first, from another address", (attempt) =>
    stranger(attempt, "127.0.0.2"),
  ),
  client("N7.15", "a stranger comes first, from the server's address", (attempt) =>
    stranger(attempt, HOST),
  ),
  spoiled("a byte too few, and 226", async (play) => {
    await deliver(play, TEXT.subarray(1));
    done(play);
  }),
  spoiled("a byte too many, and 226", async (play) => {
    await deliver(play, Buffer.concat([TEXT, Buffer.from("!")]));
    done(play);
  }),
  spoiled("all bytes, and 426", async (play) => {
    await deliver(play);
    play.say("426 cut\n");
  }),
  spoiled("all bytes, and the end of P", async (play) => {
    await deliver(play);
    play.p.finish();
  }),
  client("N7.17", "a hash of something else", damaged),
  client("N7.18", "150 names another file", renamed),
  client("N7.19", "an error with control characters", (attempt) => clean(attempt, "get")),
  client("N7.19", "a listing with control characters", (attempt) => clean(attempt, "list")),
  client("N7.20", "a transfer that was cut, and another version", resumed),
  client("N8.2", "Q has ended, and 226 is late", closesQ),
];
