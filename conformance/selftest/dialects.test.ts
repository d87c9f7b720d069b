// Tests every shipped dialect: the suite speaks it to itself, as the server and as the client.

import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { makeConfig } from "../subject/config.ts";
import { CaseContext, HOST } from "../harness/context.ts";
import type { Abilities, CommandKind, Dialect, ErrorKind, Step } from "../dialect/types.ts";
import { Template } from "../dialect/template.ts";
import { loadDialect } from "../dialect/load.ts";
import { Host } from "./emulated/host.ts";
import type { DialectClient } from "../peer/client.ts";
import { Pool } from "../net/pool.ts";
import { findFreePort, isFixedPort, type PortRange } from "../net/ports.ts";
import { selfTest } from "../runner/suite-selection.ts";
import { type RequestOptions, runRequest } from "../peer/client-requests.ts";

/** Milliseconds for six conversations, with the pauses that a dialect wants. */
const CONVERSATION_LIMIT = 20_000;
/** The same with the dialects before it in the queue. */
const DIALECT_LIMIT = 3 * CONVERSATION_LIMIT;
/** Each dialect has six conversations at once. */
const pool = new Pool(5);

/** Milliseconds that the server may take to end after the client has closed. */
const SERVER_END = 500;

const FILES = new Map<string, Uint8Array>([
  ["hello.txt", Buffer.from("Hello, client!\nThis is the second line.\n")],
  ["lines.txt", Buffer.from("a line of some length, and one more\n".repeat(16))],
  ["two words.txt", Buffer.from("A name may hold a space.")],
]);

const names = readdirSync(join(import.meta.dir, "../dialects"))
  .filter((name) => name.endsWith(".toml"))
  .map((name) => name.slice(0, -".toml".length));

/** The same abilities with free ports, since a fixed port may be in use on this machine. */
function replacePorts(abilities: Abilities = {}): Abilities {
  const replace = (range?: PortRange): PortRange | undefined => {
    const port = findFreePort();
    return isFixedPort(range) ? { from: port, to: port } : range;
  };
  const { serverPorts, dataPorts, ...rest } = abilities;
  const [server, data] = [replace(serverPorts), replace(dataPorts)];
  return { ...rest, ...(server && { serverPorts: server }), ...(data && { dataPorts: data }) };
}

const createContext = (dialect: Dialect): CaseContext => {
  const dialects = { server: dialect, client: dialect };
  return new CaseContext(makeConfig({ dialects }), "server");
};

/** Runs one conversation of the suite with itself; the client may use another dialect than the server. */
async function converse(
  dialect: Dialect,
  kind: CommandKind,
  check: (client: DialectClient) => void,
  { clientDialect, ...options }: RequestOptions & { clientDialect?: Dialect } = {},
): Promise<void> {
  const spoken = { ...dialect, abilities: replacePorts(dialect.abilities) };
  await using serverContext = createContext(spoken);
  await using context = createContext(clientDialect ?? spoken);
  const listener = serverContext.listen("P", HOST);
  const serving = serverContext.timeline
    .waitUntil(() => listener.first !== undefined, CONVERSATION_LIMIT)
    .then(() => listener.first && new Host(serverContext, listener.first, () => FILES).serve());
  const client = await runRequest(context, { host: HOST, port: listener.port }, kind, options);
  check(client);
  client.close();
  await Promise.race([serving.catch(() => {}), Bun.sleep(SERVER_END)]);
}

/** The error text that the client got, or `nothing` if the dialect has none. */
const findError = (client: DialectClient, kind: ErrorKind): string | undefined => {
  const { on } = client.context.dialect.errors[kind];
  return on === "none" ? "nothing" : on === "Q" ? client.errorOnQ : client.error;
};

function expectList(client: DialectClient): void {
  expect(client.stopReason).toBeUndefined();
  for (const each of FILES.keys()) expect(client.payload.toString()).toContain(each);
  expect(client.unexplained).toEqual([]);
}

const expectFile = (file: string) => (client: DialectClient) => {
  expect(client.stopReason).toBeUndefined();
  expect(client.payload.toString()).toBe(Buffer.from(FILES.get(file) ?? []).toString());
  expect(client.unexplained).toEqual([]);
};

const expectError = (kind: ErrorKind) => (client: DialectClient) =>
  expect(findError(client, kind)).toBeDefined();

selfTest("every dialect", () => {
  test.concurrent.each(names)(
    "%s: client and server agree about a list, files, a missing file and an invalid command",
    (name) => pool.run(() => tryDialect(name)),
    DIALECT_LIMIT,
  );
});

async function tryDialect(name: string): Promise<void> {
  const dialect = await loadDialect(name);
  await Promise.all([
    converse(dialect, "list", expectList),
    converse(dialect, "get", expectError("missing"), { file: "missing.txt" }),
    converse(dialect, "invalid", expectError("invalid")),
    ...[...FILES.keys()].map((file) => converse(dialect, "get", expectFile(file), { file })),
  ]);
}

selfTest("a last text with awaited = false", () => {
  const endWith = async (step?: Step): Promise<Dialect> => {
    const plain = await loadDialect("plain");
    return { ...plain, list: { ...plain.list, after: step ? [step] : [] } };
  };
  const awaited = { say: new Template("bye\n") };
  const optional = { ...awaited, awaited: false };

  test(
    "is sent to a client, which may wait for it",
    async () =>
      converse(await endWith(optional), "list", expectList, {
        clientDialect: await endWith(awaited),
      }),
    CONVERSATION_LIMIT,
  );

  test(
    "is not required by the suite as the client",
    async () =>
      converse(await endWith(), "list", expectList, { clientDialect: await endWith(optional) }),
    CONVERSATION_LIMIT,
  );
});
