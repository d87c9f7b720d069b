// Step 6: the client sends a command on P.

import { type TestCase, rule } from "../harness/test-case.ts";
import { type CaseContext, HOST } from "../harness/context.ts";
import { Connection } from "../net/connection.ts";
import { serveClient } from "../peer/launch-client.ts";
import { dataOpener } from "../dialect/types.ts";
import { type DialectServer, sent } from "../peer/server.ts";
import { placeholders } from "../dialect/template.ts";
import { type Listener } from "../net/sockets.ts";
import { must, need } from "../spec/verdict.ts";

/** Both of them here, since some programs derive the one from the other. */
function ports(context: CaseContext): { door: Listener; dataport: number } {
  const door = context.listen("P");
  return { door, dataport: context.dataPort(door.port) };
}

const stop = async (): Promise<void> => {};

function asks(done: DialectServer, port: number, file?: string): void {
  const { values } = done;
  const { steps } = done.conversation;
  const expected = `the command with the data port ${port}${file ? ` and the name ${file}` : ""}`;
  const told = steps.flatMap((step) => ("send" in step ? [...placeholders(step.send)] : []));
  // A word on Q that tells nothing of what is wanted, such as “go ahead”, is no part of the command.
  const late = steps.find((step) => "send" in step && step.on === "Q" && tells(step.send));
  must(late === undefined, `${expected} on P`, `a part of it came on Q; ${sent(done)}`);
  if (told.includes("dport")) must(Number(values["dport"]) === port, expected, sent(done));
  else must(done.understood, expected, sent(done));
  if (file) must(values["file"] === file, expected, sent(done));
}

const tells = (text: string): boolean =>
  [...placeholders(text)].some((name) => name === "file" || name === "dport");

export const cases: TestCase[] = [
  rule("S6.1", "-l", async (context) => {
    const { door, dataport } = ports(context);
    asks(
      await serveClient(context, { kind: "list", atCommand: stop }, { door, dataport }),
      dataport,
    );
  }),
  rule("S6.1", "-g", async (context) => {
    const { door, dataport } = ports(context);
    const call = { door, dataport, file: "hello.txt" };
    asks(await serveClient(context, { kind: "get", atCommand: stop }, call), dataport, call.file);
  }),
  rule("S6.2", "the data port is open when the command comes", async (context) => {
    let q: Connection | Error | undefined;
    const atCommand = async (done: DialectServer): Promise<void> => {
      const { q: taken, refused } = done;
      // In some conversations Q comes before the end of the command.
      if (taken) return void (q = refused === 0 ? taken : new Error("it came too early"));
      const port = done.dataPort();
      q = await context.dial("Q", { host: HOST, port });
      if (q instanceof Connection) context.own(q);
    };
    const done = await serveClient(context, { kind: "list", atCommand });
    must(
      dataOpener(done.conversation) !== "client",
      "a listener on DATA_PORT",
      "it opens Q itself",
    );
    need(q !== undefined, "S6.1", sent(done));
    must(q instanceof Connection, "a listener on DATA_PORT", `the dial failed: ${String(q)}`);
  }),
];
