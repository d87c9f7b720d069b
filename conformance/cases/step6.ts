// Step 6: the client sends a command on P.

import { type Case, rule } from "../harness/test-case.ts";
import { type Attempt, HOST } from "../harness/context.ts";
import { Channel } from "../net/connection.ts";
import { play } from "../peer/launch-client.ts";
import { opener } from "../dialect/types.ts";
import { type Play, sent } from "../peer/server.ts";
import { holes } from "../dialect/template.ts";
import { dial, type Door } from "../net/sockets.ts";
import { must, need } from "../spec/verdict.ts";

/** Both of them here, since some programs derive the one from the other. */
function ports(attempt: Attempt): { door: Door; dataport: number } {
  const door = attempt.door("P");
  return { door, dataport: attempt.dataPort(door.port) };
}

const stop = async (): Promise<void> => {};

function asks(done: Play, port: number, file?: string): void {
  const { values } = done;
  const { steps } = done.conversation;
  const expected = `the command with the data port ${port}${file ? ` and the name ${file}` : ""}`;
  const told = steps.flatMap((step) => ("send" in step ? [...holes(step.send)] : []));
  // A word on Q that tells nothing of what is wanted, such as “go ahead”, is no part of the command.
  const late = steps.find((step) => "send" in step && step.on === "Q" && tells(step.send));
  must(late === undefined, `${expected} on P`, `a part of it came on Q; ${sent(done)}`);
  if (told.includes("dport")) must(Number(values["dport"]) === port, expected, sent(done));
  else must(done.understood, expected, sent(done));
  if (file) must(values["file"] === file, expected, sent(done));
}

const tells = (text: string): boolean =>
  [...holes(text)].some((name) => name === "file" || name === "dport");

export const cases: Case[] = [
  rule("S6.1", "-l", async (attempt) => {
    const { door, dataport } = ports(attempt);
    asks(await play(attempt, { kind: "list", atCommand: stop }, { door, dataport }), dataport);
  }),
  rule("S6.1", "-g", async (attempt) => {
    const { door, dataport } = ports(attempt);
    const call = { door, dataport, file: "hello.txt" };
    asks(await play(attempt, { kind: "get", atCommand: stop }, call), dataport, call.file);
  }),
  rule("S6.2", "the data port is open when the command comes", async (attempt) => {
    let q: Channel | Error | undefined;
    const atCommand = async (done: Play): Promise<void> => {
      const { q: taken, refused } = done;
      // In some conversations Q comes before the end of the command.
      if (taken) return void (q = refused === 0 ? taken : new Error("it came too early"));
      const port = done.dataPort();
      q = await dial(attempt.timeline, "Q", { host: HOST, port });
      if (q instanceof Channel) attempt.hold(q);
    };
    const done = await play(attempt, { kind: "list", atCommand });
    must(opener(done.conversation) !== "client", "a listener on DATA_PORT", "it opens Q itself");
    need(q !== undefined, "S6.1", sent(done));
    must(q instanceof Channel, "a listener on DATA_PORT", `the dial failed: ${String(q)}`);
  }),
];
