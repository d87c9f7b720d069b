// Every shipped dialect, spoken by the suite to itself: as the server and as the client.

import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { CaseContext, HOST } from "../harness/context.ts";
import type { Abilities, Dialect, CommandKind, Step } from "../dialect/types.ts";
import { Template } from "../dialect/template.ts";
import { loadDialect } from "../dialect/load.ts";
import { type Defect, Host } from "./emulated/host.ts";
import type { DialectClient } from "../peer/client.ts";
import { Pool } from "../net/pool.ts";
import { findFreePort, isFixedPort, type PortRange } from "../net/ports.ts";
import { brief } from "../runner/suite-selection.ts";
import { type RequestOptions, runRequest } from "../peer/client-requests.ts";

/** Six conversations with the pauses that a dialect asks for, and those of the dialects before it. */
const TALK_LIMIT = 20_000;
const TURN_LIMIT = 3 * TALK_LIMIT;
/** Each of them is six conversations at once. */
const turns = new Pool(5);

/** What the played server may still have to do once the client has left. */
const PARTING = 500;

const FILES = new Map<string, Uint8Array>([
  ["hello.txt", Buffer.from("Hello, client!\nThis is the second line.\n")],
  ["lines.txt", Buffer.from("a line of some length, and one more\n".repeat(16))],
  ["two words.txt", Buffer.from("A name may hold a space.")],
]);

const names = readdirSync(join(import.meta.dir, "../dialects"))
  .filter((name) => name.endsWith(".toml"))
  .map((name) => name.slice(0, -".toml".length));

/** The same with ports that nobody on this machine has: a fixed one may be taken. */
function free(abilities: Abilities = {}): Abilities {
  const other = (range?: PortRange): PortRange | undefined => {
    const port = findFreePort();
    return isFixedPort(range) ? { from: port, to: port } : range;
  };
  const { serverPorts, dataPorts, ...rest } = abilities;
  const [server, data] = [other(serverPorts), other(dataPorts)];
  return { ...rest, ...(server && { serverPorts: server }), ...(data && { dataPorts: data }) };
}

const side = (dialect: Dialect): CaseContext => {
  const dialects = { server: dialect, client: dialect };
  return new CaseContext({ dialects, native: false, strict: false, answer: "" }, "server");
};

/** One conversation between the suite and the suite; what it hears may be another dialect than what it speaks. */
async function talk(
  dialect: Dialect,
  kind: CommandKind,
  look: (done: DialectClient) => void,
  { defect = "none", heard, ...ask }: RequestOptions & { defect?: Defect; heard?: Dialect } = {},
): Promise<void> {
  const speech = { ...dialect, abilities: free(dialect.abilities) };
  await using spoken = side(speech);
  await using context = side(heard ?? speech);
  const door = spoken.listen("P", HOST);
  const serving = spoken.timeline
    .waitUntil(() => door.first !== undefined, TALK_LIMIT)
    .then(() => door.first && new Host(spoken, door.first, () => FILES, defect).serve());
  const done = await runRequest(context, { host: HOST, port: door.port }, kind, ask);
  look(done);
  done.close();
  await Promise.race([serving.catch(() => {}), Bun.sleep(PARTING)]);
}

/** How the client learns of a failure: nobody tells it, or the text comes on Q or on P. */
const told = (done: DialectClient, what: "missing" | "invalid"): string | undefined => {
  const { on } = done.context.dialect.errors[what];
  return on === "none" ? "nothing" : on === "Q" ? done.errorOnQ : done.error;
};

function lists(done: DialectClient): void {
  expect(done.stopReason).toBeUndefined();
  for (const each of FILES.keys()) expect(done.payload.toString()).toContain(each);
  expect(done.unexplained).toEqual([]);
}

const gets = (file: string) => (done: DialectClient) => {
  expect(done.stopReason).toBeUndefined();
  expect(done.payload.toString()).toBe(Buffer.from(FILES.get(file) ?? []).toString());
  expect(done.unexplained).toEqual([]);
};

const fails = (what: "missing" | "invalid") => (done: DialectClient) =>
  expect(told(done, what)).toBeDefined();

brief("every dialect", () => {
  test.concurrent.each(names)(
    "%s: list, get, a missing file and an invalid command go there and back",
    (name) => turns.run(() => spoken(name)),
    TURN_LIMIT,
  );
});

async function spoken(name: string): Promise<void> {
  const dialect = await loadDialect(name);
  await Promise.all([
    talk(dialect, "list", lists),
    talk(dialect, "get", fails("missing"), { file: "missing.txt" }),
    talk(dialect, "invalid", fails("invalid")),
    ...[...FILES.keys()].map((file) => talk(dialect, "get", gets(file), { file })),
  ]);
}

brief("a last word that is not awaited", () => {
  const ending = async (word?: Step): Promise<Dialect> => {
    const plain = await loadDialect("plain");
    return { ...plain, list: { ...plain.list, after: word ? [word] : [] } };
  };
  const awaited = { say: new Template("bye\n") };
  const optional = { ...awaited, awaited: false };

  test(
    "is said to a client, which may wait for it",
    async () => talk(await ending(optional), "list", lists, { heard: await ending(awaited) }),
    TALK_LIMIT,
  );

  test(
    "is not missed by the suite",
    async () => talk(await ending(), "list", lists, { heard: await ending(optional) }),
    TALK_LIMIT,
  );
});
