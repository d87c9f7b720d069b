// Step 6: the client sends a command on P.

import { type TestCase, rule } from "../harness/test-case.ts";
import { type CaseContext, HOST } from "../harness/context.ts";
import { Connection } from "../net/connection.ts";
import { serveClient } from "../peer/launch-client.ts";
import { dataOpener, hasArgument } from "../dialect/steps.ts";
import { describeRequest } from "../peer/script.ts";
import type { DialectServer } from "../peer/server.ts";
import { dial, type Listener } from "../net/sockets.ts";
import { must, need } from "../spec/verdict.ts";

/** Both of them here, since some programs derive the one from the other. */
function ports(context: CaseContext): { listener: Listener; dataPort: number } {
  const listener = context.listen("P");
  return { listener, dataPort: context.dataPort(listener.port) };
}

const stop = async (): Promise<void> => {};

function asks(done: DialectServer, port: number, file?: string): void {
  const { values } = done;
  const { steps } = done.conversation;
  const expected = `the command with the data port ${port}${file ? ` and the name ${file}` : ""}`;
  const told = steps.flatMap((step) => ("send" in step ? step.send.placeholders : []));
  // A word on Q that tells nothing of what is wanted, such as “go ahead”, is no part of the command.
  const late = steps.find((step) => "send" in step && step.on === "Q" && hasArgument(step));
  must(late === undefined, `${expected} on P`, `a part of it came on Q; ${describeRequest(done)}`);
  if (told.includes("dport"))
    must(Number(values["dport"]) === port, expected, describeRequest(done));
  else must(done.hasRequest, expected, describeRequest(done));
  if (file) must(values["file"] === file, expected, describeRequest(done));
}

export const cases: TestCase[] = [
  rule("S6.1", "-l", async (context) => {
    const { listener, dataPort } = ports(context);
    asks(
      await serveClient(context, { kind: "list", atCommand: stop }, { listener, dataPort }),
      dataPort,
    );
  }),
  rule("S6.1", "-g", async (context) => {
    const { listener, dataPort } = ports(context);
    const call = { listener, dataPort, file: "hello.txt" };
    asks(await serveClient(context, { kind: "get", atCommand: stop }, call), dataPort, call.file);
  }),
  rule("S6.2", "the data port is open when the command comes", async (context) => {
    let q: Connection | Error | undefined;
    const atCommand = async (done: DialectServer): Promise<void> => {
      const { q: taken, refusedDials } = done;
      // In some conversations Q comes before the end of the command.
      if (taken) return void (q = refusedDials === 0 ? taken : new Error("it came too early"));
      const port = done.dataPort();
      q = await dial(context.timeline, "Q", { host: HOST, port });
      if (q instanceof Connection) context.own(q);
    };
    const done = await serveClient(context, { kind: "list", atCommand });
    must(
      dataOpener(done.conversation) !== "client",
      "a listener on DATA_PORT",
      "it opens Q itself",
    );
    need(q !== undefined, "S6.1", describeRequest(done));
    must(q instanceof Connection, "a listener on DATA_PORT", `the dial failed: ${String(q)}`);
  }),
];
