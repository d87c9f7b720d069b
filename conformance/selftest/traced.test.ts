// Each conclusion from system calls is drawn from a faulty program in C and one in Python, and none from the honest ones.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { CaseContext, type RunningServer } from "../harness/context.ts";
import { loadDialect } from "../dialect/load.ts";
import { Pool } from "../net/pool.ts";
import { prepareRequest, runRequest } from "../peer/client-requests.ts";
import { launchClient, serveClient } from "../peer/launch-client.ts";
import { selfTest } from "../runner/suite-selection.ts";
import { readTraces } from "../runner/trace-case.ts";
import type { Role } from "../spec/requirements.ts";
import { makeConfig } from "../subject/config.ts";
import { makeDirectory } from "../subject/run-directory.ts";
import { whyUntraced } from "../subject/strace.ts";
import type { Conclusion } from "../trace/conclusion.ts";

/** strace, and a compiler before the first test, on a machine that is busy. */
const LIMIT = 60_000;
const HERE = join(import.meta.dir, "traced");
/** A connection that is left alone for so long is over, in ms. */
const PAUSE = 1_000;
const SHORT_PAUSE = 150; // ms

const plain = await loadDialect("plain");
const dialects = { server: plain, client: plain };
const problem = whyUntraced();
const languages = { C: Bun.which("gcc"), Python: Bun.which("python3") };
type Language = keyof typeof languages;

/** Programs under strace at once: each waits most of the time. */
const pool = new Pool(4);

let programs = "";

selfTest("what strace shows", () => {
  beforeAll(() => {
    programs = makeDirectory("traced-");
    if (!languages.C) return;
    for (const name of ["server", "client"]) {
      const line = ["gcc", "-g", "-o", join(programs, name), join(HERE, `${name}.c`)];
      expect(Bun.spawnSync(line, { stderr: "inherit" }).success).toBe(true);
    }
  }, LIMIT);

  afterAll(() => rmSync(programs, { recursive: true, force: true }));

  for (const language of ["C", "Python"] as const) {
    const isSkipped = problem !== undefined || !languages[language];
    const reason = problem ?? (languages[language] ? "" : `${language} is not installed`);
    const name = (text: string): string =>
      `${language}: ${text}${isSkipped ? ` [left out: ${reason}]` : ""}`;

    const choose = (skips: boolean) => (skips ? test.skip : test.concurrent);
    for (const [fault, kind, scene, place] of SERVER_FAULTS)
      choose(isSkipped || (language === "Python" && C_ONLY.has(fault)))(
        name(`a server with ${fault}`),
        async () => {
          const conclusions = await traceServer(language, fault, scene);
          expectConclusion(conclusions, kind, language, place);
        },
        LIMIT,
      );

    for (const [fault, kind, scene] of CLIENT_FAULTS)
      choose(isSkipped)(
        name(`a client with ${fault}`),
        async () => {
          const conclusions = await traceClient(language, fault, scene);
          expectConclusion(conclusions, kind, language);
        },
        LIMIT,
      );

    choose(isSkipped)(
      name("nothing is wrong with the honest programs"),
      async () => {
        for (const scene of SERVER_SCENES)
          for (const fault of ["", "fork"])
            expect(await traceServer(language, fault, scene)).toEqual([]);
        for (const scene of [getBinary, getList, refuse])
          expect(await traceClient(language, "", scene)).toEqual([]);
      },
      LIMIT,
    );
  }
});

function expectConclusion(
  conclusions: readonly Conclusion[],
  kind: string,
  language: Language,
  place?: string,
): void {
  const one = conclusions.find((each) => each.kind === kind);
  expect(conclusions.map((each) => each.kind)).toContain(kind);
  const file = expect.stringMatching(language === "C" ? /\.c$/ : /\.py$/);
  if (place !== "none")
    expect(one?.place).toMatchObject({
      file,
      line: expect.any(Number),
    });
}

type ServerScene = (context: CaseContext, start: () => Promise<RunningServer>) => Promise<void>;

const list: ServerScene = async (context, start) => {
  (await runRequest(context, await start(), "list")).close();
  await Bun.sleep(SHORT_PAUSE);
};
/** A file with NUL bytes, longer than what a socket takes at once. */
const getLarge: ServerScene = async (context, start) => {
  context.files.addEndless();
  const listener = context.listen();
  listener.pausesReading = true;
  const server = await start();
  const get = await prepareRequest(context, server, "get", { file: "endless.txt", listener });
  void get.run();
  await Bun.sleep(PAUSE);
};
const getFile: ServerScene = async (context, start) => {
  (await runRequest(context, await start(), "get", { file: "binary.bin" })).close();
};
const sendPieces: ServerScene = async (context, start) => {
  const server = await start();
  const p = await context.connect(server);
  p.send("-l");
  await Bun.sleep(SHORT_PAUSE);
  p.send(" 2");
  await Bun.sleep(SHORT_PAUSE);
};
/** Several clients, one after the other, and then nobody for a while. */
const serveMany: ServerScene = async (context, start) => {
  const server = await start();
  for (let client = 0; client < 3; client++) (await runRequest(context, server, "list")).close();
  await Bun.sleep(PAUSE);
};
const leaveAtOnce: ServerScene = async (context, start) => {
  const p = await context.connect(await start());
  p.close();
  await Bun.sleep(SHORT_PAUSE);
};
const askAndLeave: ServerScene = async (context, start) => {
  const client = await runRequest(context, await start(), "list");
  client.p.abort();
  await Bun.sleep(PAUSE);
};
const connectTwice: ServerScene = async (context, start) => {
  const server = await start();
  (await runRequest(context, server, "list")).close();
  await context.connect(server);
  await Bun.sleep(PAUSE);
};
const getMissing: ServerScene = async (context, start) => {
  (await runRequest(context, await start(), "get", { file: context.absent })).close();
};
/** The server does not listen where it should. */
const onlyStart: ServerScene = async (context) => {
  context.launch({ port: context.dataPort() });
  await Bun.sleep(PAUSE);
};
const askUnread: ServerScene = async (context, start) => {
  const p = await context.connect(await start());
  p.send("-l 20000\n");
  await Bun.sleep(PAUSE);
};

const SERVER_SCENES = [list, getFile, getLarge, serveMany, leaveAtOnce, askAndLeave, connectTwice];

/** In Python, an error of bind or a descriptor of -1 ends a program that does not look. */
const C_ONLY = new Set(["failed-descriptor"]);

const SERVER_FAULTS: readonly [fault: string, kind: string, scene: ServerScene, place?: "none"][] =
  [
    ["sigpipe", "sigpipe", askAndLeave],
    ["swapped-port", "swapped-port", list],
    ["swapped-bind", "swapped-port", onlyStart],
    ["missing-listen", "missing-listen", onlyStart],
    ["ignored-bind", "ignored-bind", onlyStart],
    ["other-port", "other-port", onlyStart],
    ["other-data-port", "other-data-port", list],
    ["other-peer", "other-peer", list],
    ["short-receive", "short-receive", sendPieces],
    ["lost-rest", "lost-rest", getLarge],
    ["string-on-q", "string-on-q", getFile],
    ["excess-on-q", "excess-on-q", getFile],
    ["whole-buffer", "whole-buffer", list],
    ["sent-terminator", "sent-terminator", list],
    ["read-after-end", "read-after-end", leaveAtOnce],
    ["closed-descriptor", "closed-descriptor", list],
    ["failed-descriptor", "failed-descriptor", getMissing],
    ["missing-accept", "missing-accept", connectTwice],
    ["unread-close", "unread-close", askUnread],
    ["leak", "leak", serveMany],
    ["parent-leak", "parent-leak", serveMany],
    ["zombie", "zombie", serveMany],
    ["unflushed", "unflushed", list, "none"],
    ["missing-reuse", "missing-reuse", list],
  ];

type ClientScene = (context: CaseContext) => Promise<void>;

const BINARY = Uint8Array.from({ length: 20_000 }, (_, at) => (at * 7) & 0xff);

const getBinary: ClientScene = async (context) => {
  const script = { kind: "get", payload: BINARY } as const;
  const { program } = await serveClient(context, script, { file: "data.bin" });
  await context.waitForEnd(program);
};
const getList: ClientScene = async (context) => {
  const payload = Buffer.from("one.txt\ntwo.txt\n");
  const { program } = await serveClient(context, { kind: "list", payload });
  await context.waitForEnd(program);
};
const refuse: ClientScene = async (context) => {
  const script = { kind: "get", error: "No such file" } as const;
  const { program } = await serveClient(context, script, { file: "data.bin" });
  await context.waitForEnd(program);
};
/** The error comes on P alone. */
const refuseOnP: ClientScene = async (context) => {
  const { listener } = launchClient(context, "get", { file: "data.bin" });
  const isThere = (): boolean => (listener.first?.length ?? 0) > 0;
  await context.waitFor("the command", context.timeouts.start, isThere);
  listener.first?.send("No such file\n");
  await Bun.sleep(PAUSE);
};
const onlyStartClient: ClientScene = async (context) => {
  launchClient(context, "list");
  await Bun.sleep(PAUSE);
};

const CLIENT_FAULTS: readonly [fault: string, kind: string, scene: ClientScene][] = [
  ["swapped-port", "swapped-port", onlyStartClient],
  ["short-receive", "short-receive", getBinary],
  ["string-in-file", "string-in-file", getBinary],
  ["excess-in-file", "excess-in-file", getBinary],
  ["whole-buffer", "whole-buffer", getList],
  ["sent-terminator", "sent-terminator", getList],
  ["late-listen", "late-listen", getList],
  ["blocked-accept", "blocked-accept", refuseOnP],
];

const programOf = (language: Language, role: Role): string =>
  language === "C" ? join(programs, role) : `python3 ${join(HERE, `${role}.py`)}`;

const traceServer = (
  language: Language,
  fault: string,
  scene: ServerScene,
): Promise<Conclusion[]> =>
  trace("server", `${programOf(language, "server")} {port} ${fault}`, (context) =>
    scene(context, () => context.startServer()),
  );

const traceClient = (
  language: Language,
  fault: string,
  scene: ClientScene,
): Promise<Conclusion[]> =>
  trace(
    "client",
    `${programOf(language, "client")} {host} {port} {command} {file} {dataport} ${fault && `fault=${fault}`}`,
    scene,
  );

/** Plays the scene under strace. That it fails is no surprise: only the conclusions count. */
function trace(
  role: "server" | "client",
  command: string,
  scene: ClientScene,
): Promise<Conclusion[]> {
  return pool.run(() => traceOnce(role, command.trim(), scene));
}

async function traceOnce(
  role: "server" | "client",
  command: string,
  scene: ClientScene,
): Promise<Conclusion[]> {
  const config = makeConfig({ [role]: command, dialects });
  const context = new CaseContext({ ...config, isTraced: true }, role);
  try {
    await scene(context).catch(() => {});
  } finally {
    await context[Symbol.asyncDispose]();
  }
  return readTraces(context, role).conclusions;
}
