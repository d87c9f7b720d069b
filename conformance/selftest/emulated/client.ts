// The emulated client as a program: DIALECT HOST PORT COMMAND [FILE] DATA_PORT, saving where it is started.

import { existsSync, writeFileSync } from "node:fs";
import { CaseContext } from "../../harness/context.ts";
import { commandWord } from "../../peer/launch-client.ts";
import { dataOpener } from "../../dialect/steps.ts";
import type { CommandKind } from "../../dialect/types.ts";
import { loadDialect } from "../../dialect/load.ts";
import { runRequest } from "../../peer/client-requests.ts";

const [name = "plain", host = "", port = "", command = "", ...rest] = process.argv.slice(2);
const dataport = Number(rest.pop());
const [file] = rest;
const dialect = await loadDialect(name);
await using context = new CaseContext(
  { dialects: { server: dialect, client: dialect }, native: false, strict: false, answer: "" },
  "server",
);
const kind = (["list", "get"] as CommandKind[]).find(
  (each) => commandWord(context, each) === command,
);
if (!kind) throw new Error(`no command ${command}`);

const listens = dataOpener(dialect[kind] ?? dialect.get) === "server";
const ask = {
  ...(file === undefined ? {} : { file }),
  ...(listens ? { door: context.listen("Q", host, dataport) } : { port: dataport }),
};
const done = await runRequest(context, { host, port: Number(port) }, kind, ask);
const error = done.error ?? done.errorOnQ ?? (done.isComplete ? undefined : done.stopReason);
if (error !== undefined) {
  console.error(error);
  process.exitCode = 1;
} else if (kind === "list") process.stdout.write(done.payload);
else if (existsSync(file ?? "")) {
  console.error(`${file} is there already`);
  process.exitCode = 1;
} else {
  writeFileSync(file ?? "", done.payload);
  console.log("transfer complete");
}
done.close();
