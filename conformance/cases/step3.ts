// Step 3: the client starts and validates its parameters.

import { type CaseContext, HOST } from "../harness/context.ts";
import { commandWord } from "../peer/launch-client.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { GIVE_UP_LIMIT, QUIET } from "../spec/timeouts.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { argv, type PlaceholderValues } from "../subject/command-line.ts";
import { explains, refuses } from "./refusal.ts";
import { applies, must } from "../spec/verdict.ts";

/** Whole and right: each case spoils or leaves out one of them. */
function call(context: CaseContext): { values: PlaceholderValues; came: () => number } {
  const door = context.listen("P");
  const values = {
    host: HOST,
    port: door.port,
    command: commandWord(context, "list"),
    dataport: context.dataPort(),
  };
  return { values, came: () => door.connections.length };
}

/** Who is told the rest on its standard input is called rightly by host and port alone. */
function differs(
  { config: { client = "" } }: CaseContext,
  right: PlaceholderValues,
  wrong: PlaceholderValues,
): boolean {
  return !Bun.deepEquals(argv(client, right), argv(client, wrong));
}

async function refusedWith(
  context: CaseContext,
  spoil: (port: number) => PlaceholderValues,
): Promise<SubjectProcess> {
  const { values, came } = call(context);
  const wrong = { ...values, ...spoil(Number(values["port"])) };
  applies(differs(context, values, wrong), "its command line takes none of what is left out");
  const program = context.startClient(wrong);
  const connects = await context.happensWithin(
    () => came() > 0 || program.exited !== undefined,
    QUIET * 10,
  );
  must(!connects || came() === 0, "a refusal before anything is opened", "it opened P");
  await refuses(program);
  must(came() === 0, "a refusal before anything is opened", "it opened P");
  return program;
}

const refused = (id: string, title: string, spoiled: PlaceholderValues): TestCase =>
  rule(id, title, async (context) => void (await refusedWith(context, () => spoiled)));

const spoiled = (id: string, title: string, port: (right: number) => string): TestCase =>
  rule(id, title, async (context) => {
    await refusedWith(context, (right) => ({ port: port(right) }));
  });

const NOTHING = { host: undefined, port: undefined, command: undefined, dataport: undefined };

export const cases: TestCase[] = [
  refused("S3.1", "no argument at all", NOTHING),
  refused("S3.1", "host and port alone", { command: undefined, dataport: undefined }),
  refused("S3.2", "a word for SERVER_PORT", { port: "abc" }),
  spoiled("S3.2", "digits with a letter behind them for SERVER_PORT", (port) => `${port}x`),
  spoiled(
    "S3.2",
    "a SERVER_PORT that is right once it is cut to 16 bits",
    (port) => `${port + 65_536}`,
  ),
  refused("S3.2", "0 for SERVER_PORT", { port: "0" }),
  refused("S3.3", "a word for DATA_PORT", { dataport: "abc" }),
  refused("S3.3", "digits with a letter behind them for DATA_PORT", { dataport: "30021x" }),
  refused("S3.3", "65536 for DATA_PORT", { dataport: "65536" }),
  refused("S3.3", "-1 for DATA_PORT", { dataport: "-1" }),
  // Without a data port as well: where that may be left out, `-g 30021` names a file.
  refused("S3.4", "-g, and nothing behind it", { command: "-g", dataport: undefined }),
  rule("S3.5", "the command -x", async (context) => {
    const door = context.listen("P");
    const values = {
      host: HOST,
      port: door.port,
      command: commandWord(context, "invalid"),
      dataport: context.dataPort(),
    };
    const program = context.startClient(values);
    const sent = (): boolean => (door.first?.length ?? 0) > 0;
    await context.waitFor("the end", GIVE_UP_LIMIT, () => sent() || program.exited !== undefined);
    must(!sent(), "nothing on P", "it sent the command");
    await program.waitForExit(0);
    must(program.exited !== undefined, "an end", "it still runs");
    must(program.exited.code !== 0, "an exit status other than 0", program.ending);
  }),
  rule("S3.6", "the message for a DATA_PORT that is a word", async (context) => {
    explains(await refusedWith(context, () => ({ dataport: "abc" })));
  }),
  refused("N3.1", "80 for DATA_PORT", { dataport: "80" }),
];
