// Beyond the assignment, for a client: it informs, and decides nothing.

import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type CaseContext, HOST } from "../../harness/context.ts";
import { serveClient } from "../../peer/launch-client.ts";
import { type TestCase, probe } from "../../harness/test-case.ts";
import { Connection } from "../../net/connection.ts";
import { dataOpener } from "../../dialect/steps.ts";
import { GIVE_UP_LIMIT, POLL, QUIET } from "../../spec/timeouts.ts";
import { type DialectServer } from "../../peer/server.ts";
import { applies, must } from "../../spec/verdict.ts";
import { dial } from "../../net/sockets.ts";

const file = "hello.txt";
const home = ({ files }: CaseContext): string => join(files.home, file);

/** Whoever connects to the data port first is taken for the server, unless the client looks. */
async function stolen(context: CaseContext): Promise<void> {
  const evil = Buffer.from("a stranger's contents\n");
  const atCommand = async (play: DialectServer): Promise<void> => {
    for (let tries = 0; tries < 100; tries++) {
      const port = Number(play.values["dport"]);
      const q = await dial(context.timeline, "Q", { host: HOST, port, from: "127.0.0.2" });
      if (q instanceof Connection) {
        context.own(q).send(evil);
        q.finish();
        await Bun.sleep(QUIET);
        return play.p.abort(); // it has had its chance, and need not wait for the server
      }
      await Bun.sleep(POLL);
    }
  };
  const done = await serveClient(context, { kind: "get", atCommand }, { file: "hello.txt" });
  await done.program.waitForExit(GIVE_UP_LIMIT);
  const path = join(context.files.home, "hello.txt");
  const taken = existsSync(path) && readFileSync(path).equals(evil);
  must(!taken, "a stranger at the data port is sent away", "the stranger's bytes were saved");
}

async function escapes(context: CaseContext): Promise<void> {
  const payload = Buffer.from("one.txt\n\x1b[31mred.txt\n");
  const { program } = await serveClient(context, { kind: "list", payload });
  await program.waitForExit(GIVE_UP_LIMIT);
  must(!program.output.includes("\x1b"), "no ESC from the server on the screen", program.words);
}

/** Q is there, and nothing comes on it. */
async function silentQ(context: CaseContext): Promise<void> {
  applies(dataOpener(context.dialect.get) === "server", "the server opens no Q");
  const atData = async (): Promise<void> => {};
  const { program } = await serveClient(context, { kind: "get", atData }, { file });
  const ended = await program.waitForExit(GIVE_UP_LIMIT);
  must(ended, "an end, since nothing comes on Q", `${GIVE_UP_LIMIT} ms later it still runs`);
}

const FLOOD = 32 * 1024 * 1024; // bytes: more than any reply, and less than a machine has

/** A server that never comes to the end of a line must not fill the client's memory, or hold it for ever. */
async function flood(context: CaseContext): Promise<void> {
  const piece = "x".repeat(65_536);
  const atCommand = async ({ p, program }: DialectServer): Promise<void> => {
    const gone = (): boolean => p.hasEnded || program.exited !== undefined;
    for (let sent = 0; sent < FLOOD && !gone(); sent += piece.length) {
      p.send(piece);
      await context.happensWithin(gone, POLL / 5);
    }
  };
  const { program } = await serveClient(context, { kind: "get", atCommand }, { file });
  const ended = await program.waitForExit(GIVE_UP_LIMIT);
  must(ended, "an end, though the server's line has none", `after ${FLOOD} bytes it still runs`);
}

/** A link at the place of the file, which leads where nothing is yet: to write through it would make that. */
async function dangling(context: CaseContext): Promise<void> {
  const target = join(context.files.root, "made-through-the-link.txt");
  symlinkSync(target, home(context));
  const payload = Buffer.from("what the server has\n");
  const done = await serveClient(context, { kind: "get", payload }, { file }).catch(
    () => undefined,
  );
  await done?.program.waitForExit(GIVE_UP_LIMIT);
  must(!existsSync(target), "nothing outside its directory", "it wrote through a symbolic link");
}

async function killed(context: CaseContext): Promise<void> {
  const payload = context.files.content("lines.txt");
  const atData = async ({ program }: DialectServer, q: Connection): Promise<void> => {
    q.send(payload.subarray(0, payload.length / 2));
    await Bun.sleep(QUIET / 3);
    program.kill("SIGKILL");
    await program.waitForExit(GIVE_UP_LIMIT);
  };
  await serveClient(context, { kind: "get", payload, atData }, { file });
  must(
    !existsSync(home(context)),
    `nothing is called ${file}`,
    "half a file has the whole one's name",
  );
}

export const cases: TestCase[] = [
  probe("B8", "client", "a stranger connects to the data port first", stolen),
  probe("B9", "client", "a listing with an escape sequence", escapes),
  probe("B20", "client", "Q is open, and nothing comes", silentQ),
  probe("B21", "client", "a reply without an end", flood),
  probe("B22", "client", "a link that leads nowhere is called as the file", dangling),
  probe("B23", "client", "it is killed in the middle of a file", killed),
];
