// The emulated client as a program: DIALECT HOST PORT COMMAND [FILE] DATA_PORT. It saves to its current directory.

import { existsSync, writeFileSync } from "node:fs";
import { CaseContext } from "../../harness/context.ts";
import { makeConfig } from "../../subject/config.ts";
import { loadDialect } from "../../dialect/load.ts";
import { dataOpener } from "../../dialect/steps.ts";
import type { CommandKind } from "../../dialect/types.ts";
import { type RequestOptions, runRequest } from "../../peer/client-requests.ts";
import { commandWord } from "../../peer/launch-client.ts";
import { makeTimeouts } from "../../spec/timeouts.ts";

const [name = "plain", host = "", port = "", command = "", ...rest] = process.argv.slice(2);
const dataPort = Number(rest.pop());
const [file] = rest;
const dialect = await loadDialect(name);
/** Milliseconds. It waits for two replies in turn, which must take less than the suite's limit for a client that gives up. */
const reply = makeTimeouts().giveUp / 4;
await using context = new CaseContext(
  makeConfig({
    dialects: { server: dialect, client: dialect },
    timeouts: { ...makeTimeouts(), reply },
  }),
  "server",
);
const kinds: CommandKind[] = ["list", "get"];
const kind = kinds.find((each) => commandWord(context, each) === command);
if (!kind) throw new Error(`there is no command ${command}`);

const listens = dataOpener(dialect[kind] ?? dialect.get) === "server";
const options: RequestOptions = {
  ...(file === undefined ? {} : { file }),
  ...(listens ? { listener: context.listen("Q", host, dataPort) } : { dataPort }),
};
const client = await runRequest(context, { host, port: Number(port) }, kind, options);
const end = client.isComplete ? undefined : (client.stopReason ?? "the payload was cut");
const error = client.error ?? client.errorOnQ ?? end;
if (error !== undefined) {
  console.error(error);
  process.exitCode = 1;
} else if (kind === "list") process.stdout.write(client.payload);
else if (existsSync(file ?? "")) {
  console.error(`${file} is there already`);
  process.exitCode = 1;
} else {
  writeFileSync(file ?? "", client.payload);
  console.log("transfer complete");
}
client.close();
