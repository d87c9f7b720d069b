// A login, for a client that has one: when it sends its password, and to whom.

import { networkInterfaces } from "node:os";
import type { CaseContext } from "../../harness/context.ts";
import { startClientOnP } from "../client-on-p.ts";
import { findData } from "../evidence.ts";
import { show } from "../../net/bytes.ts";
import { waitForP, serveClient, launchClient } from "../../peer/launch-client.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import type { Connection } from "../../net/connection.ts";
import { FILE } from "../../peer/native-server.ts";
import { PASSWORD, USER } from "../../subject/provision.ts";
import { applies, must, need } from "../../spec/verdict.ts";

/** What the client sent, for a message. The password must not be in it. */
const describe = (text: string): string => show(text.replaceAll(PASSWORD, "(the password)"));

const hasPassword = (p: Connection): boolean => p.text.includes(PASSWORD);

async function sendBothLines(context: CaseContext): Promise<void> {
  const script = { kind: "get", mayLeave: true, atCommand: async () => {} } as const;
  const { options, hasRequest, p } = await serveClient(context, script, { file: FILE });
  const lines = options.filter((line) => /^(USER|PASS)/.test(line)).join("");
  const wanted = `USER ${USER}\nPASS ${PASSWORD}\n`;
  must(lines === wanted, `${describe(wanted)} on P`, describe(p.text), findData(p));
  need(hasRequest, "S6.1", `no command after the login: ${describe(p.text)}`);
}

/** Reads P up to USER, and accepts the option lines before it. */
async function readUser(context: CaseContext): Promise<Connection> {
  const { p } = await startClientOnP(context, "get", { file: FILE });
  for (let answered = 0; ; answered++) {
    const lines = (): string[] => p.text.split("\n").slice(0, -1);
    const hasLine = (): boolean => lines().length > answered;
    await context.waitFor("a line on P", context.timeouts.reply, () => hasLine() || p.hasEnded);
    const line = lines()[answered] ?? "";
    need(hasLine() && !/^-[lg] /.test(line), "N6.4", `no USER, but ${describe(p.text)}`);
    if (line.startsWith("USER ")) return p;
    p.send("350 noted\n");
  }
}

async function waitFor331(context: CaseContext): Promise<void> {
  const p = await readUser(context);
  await context.happensWithin(() => hasPassword(p), context.timeouts.quiet);
  must(!hasPassword(p), "no password before 331", describe(p.text), findData(p));
  p.send("331 and the password?\n");
  await context.waitFor("PASS", context.timeouts.reply, () => hasPassword(p) || p.hasEnded);
  must(hasPassword(p), "PASS after 331", describe(p.text));
}

async function keepPassword(context: CaseContext, reply: string): Promise<void> {
  const p = await readUser(context);
  p.send(`${reply}\n`);
  await context.happensWithin(() => hasPassword(p) || p.hasEnded, context.timeouts.reply);
  must(!hasPassword(p), `no password after ${reply}`, describe(p.text), findData(p));
}

/** An address of this machine that is not a loopback address. What is sent to it does not leave the machine. */
function findOtherAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return all.find(({ internal, family }) => !internal && family === "IPv4")?.address;
}

async function keepPasswordFromOthers(context: CaseContext): Promise<void> {
  const host = findOtherAddress();
  applies(host !== undefined, "this machine has only loopback addresses");
  const started = launchClient(context, "get", { file: FILE, listener: context.listen("P", host) });
  const p = await waitForP(context, started);
  for (let line = 0; p && !p.hasEnded && !hasPassword(p) && line < 3; line++) {
    const { length } = p;
    const limit = line === 0 ? context.timeouts.reply : context.timeouts.quiet;
    await context.happensWithin(() => p.length > length || p.hasEnded, limit);
    if (p.length > length) p.send("331 and the password?\n");
  }
  const observed = describe(p?.text ?? "");
  must(!p || !hasPassword(p), `no password in the clear to ${host}`, observed, findData(p));
  const { program } = started;
  p?.finish();
  await context.waitForEnd(program);
  need(program.exited !== undefined && program.exited.code !== 0, "S8.4", program.ending);
}

const option = { role: "client", needs: ["login"] } as const;

const keeps = (reply: string): TestCase =>
  rule("N6.12", `the reply to USER is ${reply}`, (context) => keepPassword(context, reply), option);

export const cases: TestCase[] = [
  rule("N6.4", "a name and a password", sendBothLines, option),
  rule("N6.12", "331 is late", waitFor331, option),
  keeps("530 not you"),
  keeps("500 no USER here"),
  rule("N6.15", "a server that is not on the loopback", keepPasswordFromOthers, option),
];
