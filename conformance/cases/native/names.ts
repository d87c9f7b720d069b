// The native dialect: the names that a server lists and serves, and the codes of its errors.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CaseContext, HOST } from "../../harness/context.ts";
import { findData, findEnd, findMoment } from "../evidence.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { Connection } from "../../net/connection.ts";
import type { Moment } from "../../spec/moment.ts";
import { findFreePort } from "../../net/ports.ts";
import { askNative, startStalledTransfer } from "../../peer/native-client.ts";
import { applies, must, need } from "../../spec/verdict.ts";

async function expectCode(context: CaseContext, code: string, request: string): Promise<void> {
  await (await askNative(context, request)).waitForCode(code);
}

const refused = (id: string, code: string, title: string, request: string): TestCase =>
  rule(id, title, (context) => expectCode(context, code, request), { worked: "get" });

/** A name that any server can list. */
const isPlain = (name: string): boolean => /^[a-z][\w.-]*$/.test(name);

async function requestListing(context: CaseContext): Promise<{ text: string; at?: Moment }> {
  const client = await askNative(context, "-l {dport}\n");
  const text = (await client.waitForQEnd()).toString("utf8");
  const missing = [...context.files.files.keys()].filter(
    (name) => name.endsWith(".txt") && isPlain(name) && !text.includes(name),
  );
  need(missing.length === 0, "S7.8", `not in the listing: ${missing.join(", ")}`);
  const at = findData(client.q);
  return { text, ...(at && { at }) };
}

/** The listing is exactly the files of the fixtures, sorted by bytes. */
async function expectListing(context: CaseContext, what: string): Promise<void> {
  const names = [...context.files.files.keys()].map((name) => Buffer.from(name));
  const wanted = names
    .sort(Buffer.compare)
    .map((name) => `${name.toString()}\n`)
    .join("");
  const { text, at } = await requestListing(context);
  must(text === wanted, `${what}: ${show(wanted, 400)}`, show(text, 400), at);
}

/** Everything that is not a regular file. */
function addSpecialFiles({ served, root }: CaseContext["files"]): string[] {
  symlinkSync(join(served, "hello.txt"), join(served, "link.txt"));
  symlinkSync("nowhere", join(served, "dangling"));
  symlinkSync(join(root, "canary.txt"), join(served, "out.txt"));
  Bun.spawnSync(["mkfifo", join(served, "pipe")]);
  return ["link.txt", "dangling", "out.txt", "pipe", "folder"];
}

async function sortListing(context: CaseContext): Promise<void> {
  addSpecialFiles(context.files);
  for (const name of ["Zebra.txt", "größe.txt", "a-b.txt", "a b.txt"])
    context.files.add(name, "x\n");
  await expectListing(context, "only regular files, sorted by bytes");
}

async function skipUnusableNames(context: CaseContext): Promise<void> {
  const { served } = context.files;
  for (const name of ["line\nbreak.txt", "escape\x1b.txt"]) writeFileSync(join(served, name), "x");
  const invalid = Buffer.concat([Buffer.from(`${served}/`), Buffer.from([0x62, 0xff, 0x64])]);
  writeFileSync(invalid, "x");
  await expectListing(context, "none of the three names that cannot be requested");
}

async function hideDotFiles(context: CaseContext): Promise<void> {
  mkdirSync(join(context.files.served, ".folder"));
  writeFileSync(join(context.files.served, ".secret"), context.files.canary);
  const { text, at } = await requestListing(context);
  must(!text.includes(".secret"), "no name that begins with a dot", show(text, 400), at);
  const client = await (await askNative(context, "-g .secret {dport}\n")).waitForEnd();
  // Whether an error is on Q is tested in S7.20.
  const isSent = (): boolean => client.q?.bytes.includes(context.files.canary) === true;
  const sent = await context.happensWithin(isSent, context.timeouts.order);
  must(!sent, "the file is not sent", "its contents are on Q", findData(client.q));
}

async function rejectSpecialFiles(context: CaseContext): Promise<void> {
  for (const name of addSpecialFiles(context.files))
    await expectCode(context, "550", `-g ${name} {dport}\n`);
}

async function rejectLateOffset(context: CaseContext): Promise<void> {
  const { length } = context.files.content("hello.txt");
  await expectCode(context, "554", `REST ${length + 1}\n-g hello.txt {dport}\n`);
}

/** The client has stopped reading, so the server cannot have sent everything before the reset. */
async function reportReset(context: CaseContext): Promise<void> {
  const client = await startStalledTransfer(context);
  await context.waitFor("Q", context.timeouts.reply, () => client.q !== undefined);
  await context.happensWithin(() => client.p.hasEnded, context.timeouts.order);
  client.q?.abort();
  await client.waitForCode("426");
}

/** Client and server have several addresses. Q must use the two that P uses. */
async function keepAddresses(context: CaseContext): Promise<void> {
  const [mine, its] = ["127.0.0.9", "127.0.0.5"];
  const { port } = await context.startServer();
  const right = context.listen("Q", mine);
  const wrong = context.listen("Q", HOST, right.port);
  const p = await context.dial("P", { host: its, port, from: mine });
  applies(p instanceof Connection, `the server does not listen on ${its}`);
  context.own(p).send(`-g hello.txt ${right.port}\n`);
  await context.waitFor("Q", context.timeouts.reply, () => right.first !== undefined || p.hasEnded);
  await context.happensWithin(() => wrong.first !== undefined, context.timeouts.quiet / 3);
  const opening = findMoment(context, "Q", ["SYN"]);
  const expected = `the server opens Q to ${mine}`;
  must(wrong.first === undefined, expected, `it opened Q to ${HOST}`, opening);
  must(right.first !== undefined, expected, `it did not open Q; ${p.description}`, findEnd(p));
  const { host } = right.first.remote;
  must(host === its, `Q comes from ${its}`, `Q comes from ${host}`, opening);
}

const NAMES = ["", ".", "..", "folder/inner.txt", "../canary.txt", "/etc/passwd", "hello.txt/"];

export const cases: TestCase[] = [
  rule("N7.6", "client and server use other addresses of this machine", keepAddresses, {
    needs: ["start"],
  }),
  rule("N7.8", "425: nobody listens on the data port", (context) =>
    expectCode(context, "425", `-g hello.txt ${findFreePort()}\n`),
  ),
  rule("N7.8", "426: the client resets Q", reportReset),
  refused("N7.8", "500", "500: an unknown command", "-x {dport}\n"),
  refused("N7.8", "500", "500: an empty line", "\n"),
  refused("N7.8", "501", "501: -g without a name", "-g {dport}\n"),
  rule("N7.8", "550: a file that does not exist", (context) =>
    expectCode(context, "550", `-g ${context.absent} {dport}\n`),
  ),
  rule("N7.8", "554: an offset after the end of the file", rejectLateOffset),
  rule("N7.9", "a listing among links, a pipe and a directory", sortListing),
  ...NAMES.map((name) => refused("N7.10", "550", `${show(name)} as name`, `-g ${name} {dport}\n`)),
  rule("N7.10", "links, a pipe and a directory", rejectSpecialFiles, { worked: "get" }),
  rule("N7.11", "a name that begins with a dot", hideDotFiles, { worked: "get" }),
  rule("N7.12", "names with a line feed, an ESC and an invalid byte", skipUnusableNames, {
    worked: "list",
  }),
];
