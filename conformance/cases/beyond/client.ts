// Beyond the assignment, for a client: the results inform, and decide nothing.

import { dataOpener } from "../../dialect/steps.ts";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext } from "../../harness/context.ts";
import { findOutput } from "../evidence.ts";
import { serveClient } from "../../peer/launch-client.ts";
import { type TestCase, probe } from "../../harness/test-case.ts";
import type { Connection } from "../../net/connection.ts";

import type { Script } from "../../peer/script.ts";
import type { DialectServer } from "../../peer/server.ts";
import { applies, must } from "../../spec/verdict.ts";
import { intrude } from "../stranger.ts";
import { sendEndlessLine } from "./service.ts";

const file = "hello.txt";
const pathOf = ({ files }: CaseContext): string => join(files.home, file);

/** A client that does not check who connects takes the first one for the server. */
async function offerStrangerFile(context: CaseContext): Promise<void> {
  const bytes = Buffer.from("a stranger's contents\n");
  const atCommand = async (server: DialectServer): Promise<void> => {
    const q = await intrude(server, "127.0.0.2");
    if (!q) return;
    q.send(bytes);
    q.finish();
    await Bun.sleep(context.timeouts.quiet);
    server.p.abort(); // the client need not wait for the server
  };
  const { program } = await serveClient(context, { kind: "get", atCommand }, { file });
  await context.waitForEnd(program);
  const path = pathOf(context);
  const isSaved = existsSync(path) && readFileSync(path).equals(bytes);
  const expected = "the client rejects a stranger at its data port";
  must(!isSaved, expected, "it saved the stranger's bytes", "subject");
}

async function sendEscapes(context: CaseContext): Promise<void> {
  const payload = Buffer.from("one.txt\n\x1b[31mred.txt\n");
  const { program } = await serveClient(context, { kind: "list", payload });
  await context.waitForEnd(program);
  const hasEscape = program.output.includes("\x1b");
  must(!hasEscape, "no ESC on the screen", program.words, findOutput(program));
}

async function expectEnd(context: CaseContext, script: Script, reason: string): Promise<void> {
  const { program } = await serveClient(context, script, { file });
  const running = await context.waitForEnd(program);
  must(!running, `the client ends, because ${reason}`, running ?? "");
}

async function keepQSilent(context: CaseContext): Promise<void> {
  applies(dataOpener(context.dialect.get) === "server", "the server opens no Q");
  const script = { kind: "get", atData: async () => {} } as const;
  await expectEnd(context, script, "nothing arrives on Q");
}

const FLOOD = 32 * 1024 * 1024; // bytes: more than any reply, and less than a machine has

/** The line must not fill the memory of the client, and the client must not wait forever for its end. */
async function floodClient(context: CaseContext): Promise<void> {
  const atCommand = ({ p, program }: DialectServer): Promise<void> =>
    sendEndlessLine(context, p, FLOOD, () => p.hasEnded || program.exited !== undefined);
  const reason = `the reply has no line end in ${FLOOD} bytes`;
  await expectEnd(context, { kind: "get", atCommand }, reason);
}

/** The name of the file is a symbolic link to a file that does not exist. */
async function offerDanglingLink(context: CaseContext): Promise<void> {
  const target = join(context.files.root, "made-through-the-link.txt");
  symlinkSync(target, pathOf(context));
  const payload = Buffer.from("what the server has\n");
  const serving = serveClient(context, { kind: "get", payload }, { file });
  const server = await serving.catch(() => undefined);
  if (server) await context.waitForEnd(server.program);
  const expected = "the client writes only in its directory";
  must(!existsSync(target), expected, "it wrote through a symbolic link", "subject");
}

async function killMidway(context: CaseContext): Promise<void> {
  const payload = context.files.content("lines.txt");
  const atData = async (server: DialectServer, on: Connection): Promise<void> => {
    const { program } = server;
    await server.sendHalf(on);
    await Bun.sleep(context.timeouts.quiet / 3);
    program.kill("SIGKILL");
    await context.waitForEnd(program);
  };
  await serveClient(context, { kind: "get", payload, atData }, { file });
  const exists = existsSync(pathOf(context));
  must(!exists, `no file ${file}`, `${file} holds half of the file`, "subject");
}

export const cases: TestCase[] = [
  probe("B8", "client", "the client rejects a stranger at its data port", offerStrangerFile),
  probe("B9", "client", "escape sequences in a listing do not reach the screen", sendEscapes),
  probe("B20", "client", "the client ends if nothing arrives on Q", keepQSilent, { isLong: true }),
  probe("B21", "client", "the client ends if a reply has no end", floodClient),
  probe("B22", "client", "the client does not write through a symbolic link", offerDanglingLink),
  probe("B23", "client", "a killed client leaves no half file under the name", killMidway),
];
