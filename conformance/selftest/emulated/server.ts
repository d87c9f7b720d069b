// The emulated server as a program: DIALECT DEFECT PORT. It serves its current directory.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { CaseContext, HOST } from "../../harness/context.ts";
import { makeConfig } from "../../subject/config.ts";
import { loadDialect } from "../../dialect/load.ts";
import { type Defect, Host } from "./host.ts";

const YEAR = 365 * 24 * 3_600_000; // milliseconds: it serves until it is stopped

const [name = "plain", defect = "none", port = ""] = process.argv.slice(2);
const dialect = await loadDialect(name);

function readFiles(): Map<string, Uint8Array> {
  const names = readdirSync(".").filter((each) => statSync(each).isFile());
  return new Map(names.sort().map((each) => [each, readFileSync(each)]));
}

await using context = new CaseContext(
  makeConfig({ dialects: { server: dialect, client: dialect } }),
  "server",
);
const stop = (): void => void context[Symbol.asyncDispose]().then(() => process.exit(0));
process.on("SIGINT", stop).on("SIGTERM", stop);

if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
  console.error(`SERVER_PORT is a number from 1 to 65535, not ${JSON.stringify(port)}`);
  process.exit(2);
}
const listener = context.listen("P", HOST, Number(port));
console.log(`${name} on port ${listener.port}`);
for (let served = 0; ; served++) {
  await context.timeline.waitUntil(() => listener.connections.length > served, YEAR);
  const p = listener.connections[served];
  if (!p) break;
  const host = new Host(context, p, readFiles, defect as Defect);
  void host.serve().catch((error: unknown) => console.error(String(error)));
}
