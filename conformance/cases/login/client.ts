// A login, for a client that has one: when it says its password, and to whom.

import { networkInterfaces } from "node:os";
import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { waitForP, serveClient, launchClient } from "../../peer/launch-client.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import type { Connection } from "../../net/connection.ts";
import { FILE } from "../../peer/native-server.ts";
import { PASSWORD, USER } from "../../subject/provision.ts";
import { GIVE_UP_LIMIT, QUIET, REPLY_LIMIT } from "../../spec/timeouts.ts";
import { applies, must, need } from "../../spec/verdict.ts";

/** What a message shows of what a client said: the secret is nobody's business. */
const told = (text: string): string => show(text.replaceAll(PASSWORD, "(the password)"));

const tells = (p: Connection): boolean => p.text.includes(PASSWORD);

async function bothLines(context: CaseContext): Promise<void> {
  const heard = await serveClient(
    context,
    { kind: "get", atCommand: async () => {} },
    { file: FILE },
  );
  const said = heard.options.filter((line) => /^(USER|PASS)/.test(line));
  const wanted = [`USER ${USER}\n`, `PASS ${PASSWORD}\n`];
  must(said.join("") === wanted.join(""), told(wanted.join("")), told(heard.p.text));
  need(heard.hasRequest, "S6.1", `no command after the login: ${told(heard.p.text)}`);
}

/** P, as far as USER; lines that come before it are granted. */
async function toUser(context: CaseContext): Promise<Connection> {
  const p = await waitForP(context, launchClient(context, "get", { file: FILE }));
  need(p !== undefined, "S4.1", "the client opened no P");
  for (let granted = 0; ; granted++) {
    const lines = (): string[] => p.text.split("\n").slice(0, -1);
    const came = (): boolean => lines().length > granted;
    await context.waitFor("a line on P", REPLY_LIMIT, () => came() || p.hasEnded);
    const line = lines()[granted] ?? "";
    need(came() && !/^-[lg] /.test(line), "N6.4", `no USER, but ${told(p.text)}`);
    if (line.startsWith("USER ")) return p;
    p.send("350 noted\n");
  }
}

async function waits(context: CaseContext): Promise<void> {
  const p = await toUser(context);
  await context.happensWithin(() => tells(p), QUIET);
  must(!tells(p), "no password before 331", told(p.text));
  p.send("331 and the password?\n");
  await context.waitFor("PASS", REPLY_LIMIT, () => tells(p) || p.hasEnded);
  must(tells(p), "PASS after 331", told(p.text));
}

async function turnedAway(context: CaseContext, reply: string): Promise<void> {
  const p = await toUser(context);
  p.send(`${reply}\n`);
  await context.happensWithin(() => tells(p) || p.hasEnded, REPLY_LIMIT);
  must(!tells(p), `no password after ${reply}`, told(p.text));
}

/** An address of this machine that is none of its loopback: what is sent there stays here all the same. */
function farAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return all.find(({ internal, family }) => !internal && family === "IPv4")?.address;
}

async function inTheClear(context: CaseContext): Promise<void> {
  const host = farAddress();
  applies(host !== undefined, "this machine has no address beside its loopback");
  const started = launchClient(context, "get", { file: FILE, listener: context.listen("P", host) });
  const p = await waitForP(context, started);
  for (let line = 0; p && !p.hasEnded && !tells(p) && line < 3; line++) {
    const { length } = p;
    await context.happensWithin(
      () => p.length > length || p.hasEnded,
      line === 0 ? REPLY_LIMIT : QUIET,
    );
    if (p.length > length) p.send("331 and the password?\n");
  }
  must(!p || !tells(p), `no password in the clear to ${host}`, told(p?.text ?? ""));
  const { program } = started;
  p?.finish();
  await program.waitForExit(GIVE_UP_LIMIT);
  need(program.exited !== undefined && program.exited.code !== 0, "S8.4", program.ending);
}

const of = (id: string, title: string, run: TestCase["run"]): TestCase =>
  rule(id, title, run, { role: "client", needs: ["login"] });

export const cases: TestCase[] = [
  of("N6.4", "a name and a password", bothLines),
  of("N6.12", "331 is late", waits),
  of("N6.12", "USER is answered with 530", (context) => turnedAway(context, "530 not you")),
  of("N6.12", "USER is answered with 500", (context) => turnedAway(context, "500 no USER here")),
  of("N6.15", "a server that is not on the loopback", inTheClear),
];
