// The native dialect: which names a server lists and serves, and with which code it refuses.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CaseContext, HOST } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { Connection } from "../../net/connection.ts";
import { ORDER_SLACK, QUIET, REPLY_LIMIT } from "../../spec/timeouts.ts";
import { findFreePort } from "../../net/ports.ts";
import { askNative, openNative, startStalledTransfer } from "../../peer/native-client.ts";
import { applies, must } from "../../spec/verdict.ts";
import { dial } from "../../net/sockets.ts";

const code = (id: string, wanted: string, title: string, request: string): TestCase =>
  rule(
    id,
    title,
    async (context) => void (await (await askNative(context, request)).waitForCode(wanted)),
  );

async function listing(context: CaseContext): Promise<string> {
  return (await (await askNative(context, "-l {dport}\n")).waitForQEnd()).toString("utf8");
}

/** Everything that is no regular file, or cannot be asked for. */
function odd({ served, root }: CaseContext["files"]): string[] {
  symlinkSync(join(served, "hello.txt"), join(served, "link.txt"));
  symlinkSync("nowhere", join(served, "dangling"));
  symlinkSync(join(root, "canary.txt"), join(served, "out.txt"));
  Bun.spawnSync(["mkfifo", join(served, "pipe")]);
  return ["link.txt", "dangling", "out.txt", "pipe", "folder"];
}

async function sorted(context: CaseContext): Promise<void> {
  odd(context.files);
  for (const name of ["Zebra.txt", "größe.txt", "a-b.txt", "a b.txt"])
    context.files.add(name, "x\n");
  const names = [...context.files.files.keys()]
    .map((name) => Buffer.from(name))
    .sort(Buffer.compare);
  const wanted = names.map((name) => `${name.toString()}\n`).join("");
  const got = await listing(context);
  must(got === wanted, `the listing ${show(wanted, 400)}`, show(got, 400));
}

async function strange(context: CaseContext): Promise<void> {
  const { served } = context.files;
  for (const name of ["line\nbreak.txt", "escape\x1b.txt"]) writeFileSync(join(served, name), "x");
  const invalid = Buffer.concat([Buffer.from(`${served}/`), Buffer.from([0x62, 0xff, 0x64])]);
  writeFileSync(invalid, "x");
  const got = await listing(context);
  const names = [...context.files.files.keys()]
    .map((name) => Buffer.from(name))
    .sort(Buffer.compare);
  const wanted = names.map((name) => `${name.toString()}\n`).join("");
  must(got === wanted, `none of the three odd names: ${show(wanted, 400)}`, show(got, 400));
}

async function hidden(context: CaseContext): Promise<void> {
  mkdirSync(join(context.files.served, ".folder"));
  writeFileSync(join(context.files.served, ".secret"), context.files.canary);
  const got = await listing(context);
  must(!got.includes(".secret"), "no name with a dot before it", show(got, 400));
  const talk = await (await askNative(context, "-g .secret {dport}\n")).waitForEnd();
  // An error on Q is another matter (S7.20).
  const sent = (): boolean => talk.q?.bytes.includes(context.files.canary) === true;
  must(!(await context.happensWithin(sent, ORDER_SLACK)), "nothing of it on Q", "its contents");
}

/** The client has stopped reading, so that the server cannot be done before the reset; one that says it is has the time to. */
async function cut(context: CaseContext): Promise<void> {
  const talk = await startStalledTransfer(context);
  await context.waitFor("Q", REPLY_LIMIT, () => talk.q !== undefined);
  await context.happensWithin(() => talk.p.hasEnded, ORDER_SLACK);
  talk.q?.abort();
  await talk.waitForCode("426");
}

/** The server is reached at one of its addresses from one of the client's: Q joins the same two. */
async function sameAddresses(context: CaseContext): Promise<void> {
  const [mine, its] = ["127.0.0.9", "127.0.0.5"];
  const { port } = await context.startServer();
  const door = context.listen("Q", mine);
  const decoy = context.listen("Q", HOST, door.port);
  const p = await dial(context.timeline, "P", { host: its, port, from: mine });
  applies(p instanceof Connection, `the server is not reached at ${its}`);
  context.own(p).send(`-g hello.txt ${door.port}\n`);
  await context.waitFor("Q", REPLY_LIMIT, () => door.first !== undefined || p.hasEnded);
  await context.happensWithin(() => decoy.first !== undefined, QUIET / 3);
  must(decoy.first === undefined, `Q to ${mine} alone`, `Q was dialled to ${HOST}`);
  must(door.first !== undefined, `Q to ${mine}`, `none; ${show(p.text)} on P`);
  const { host } = door.first.remote;
  must(host === its, `Q from ${its}`, `Q from ${host}`);
}

const NAMES = ["", ".", "..", "folder/inner.txt", "../canary.txt", "/etc/passwd", "hello.txt/"];

export const cases: TestCase[] = [
  rule("N7.6", "P between two other addresses of this machine", sameAddresses, {
    needs: ["start"],
  }),
  rule("N7.8", "425: nobody listens on the data port", async (context) => {
    const talk = await openNative(context);
    await talk.send(`-g hello.txt ${findFreePort()}\n`).waitForCode("425");
  }),
  rule("N7.8", "426: the client resets Q", cut),
  code("N7.8", "500", "500: an unknown command", "-x {dport}\n"),
  code("N7.8", "500", "500: an empty line", "\n"),
  code("N7.8", "501", "501: -g without a name", "-g {dport}\n"),
  rule("N7.8", "550: a file that is not there", async (context) => {
    await (await askNative(context, `-g ${context.absent} {dport}\n`)).waitForCode("550");
  }),
  rule("N7.8", "554: an offset behind the end", async (context) => {
    const { length } = context.files.content("hello.txt");
    await (
      await askNative(context, `REST ${length + 1}\n-g hello.txt {dport}\n`)
    ).waitForCode("554");
  }),
  rule("N7.9", "regular files alone, sorted by bytes", sorted),
  ...NAMES.map((name) => code("N7.10", "550", `${show(name)} as a name`, `-g ${name} {dport}\n`)),
  rule("N7.10", "links, a pipe and a directory", async (context) => {
    for (const name of odd(context.files)) {
      await (await askNative(context, `-g ${name} {dport}\n`)).waitForCode("550");
    }
  }),
  rule("N7.11", "a name that begins with a dot", hidden),
  rule("N7.12", "a line feed, an ESC and a stray byte in names", strange),
];
