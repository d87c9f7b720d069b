// Q that the client opens, in the native dialect: the suite as the client, and as the server after a Q that it could not open.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import { Connection } from "../net/connection.ts";
import { applies, need } from "../spec/verdict.ts";
import { launchClient, type LaunchOptions, serveLaunched, waitForP } from "./launch-client.ts";
import { type NativeClient, needOption, openNative, readField } from "./native-client.ts";
import { openNativeTls } from "./native-client-tls.ts";
import { FILE, TEXT } from "./native-server.ts";
import { createQKey } from "./native-server-tls.ts";
import type { DialectServer } from "./server.ts";

/** A client that the server has invited to open Q. */
export interface PassiveClient {
  readonly client: NativeClient;
  readonly port: number;
  readonly key: string;
}

/** Opens P and sends PASV; the case is not applicable if the server does not know it. */
export async function openPassive(
  context: CaseContext,
  { isSecure = false, server }: { isSecure?: boolean; server?: RunningServer } = {},
): Promise<NativeClient> {
  const client = await (isSecure ? openNativeTls : openNative)(context, server);
  needOption("PASV", "N6.18", await client.send("PASV\n").waitForReply());
  return client;
}

/** Asks for the file, and reads where to open Q. */
export async function requestPort(client: NativeClient): Promise<PassiveClient> {
  const reply = await client.send("-g hello.txt {dport}\n").waitForReply(2);
  const [port, key] = [Number(readField(reply, "port")), readField(reply, "key") ?? ""];
  const isInvitation = reply.startsWith("229 ") && port >= 1024 && /^[0-9a-f]{32}$/i.test(key);
  need(isInvitation, "N7.28", `no 229 with port and key after PASV, but ${show(reply)}`);
  return { client, port, key };
}

export async function openPort(
  context: CaseContext,
  options?: { isSecure?: boolean; server?: RunningServer },
): Promise<PassiveClient> {
  return requestPort(await openPassive(context, options));
}

/** Opens a connection to the port of the server, or says why not. */
export async function dialPort(
  { client: { context, server }, port }: PassiveClient,
  host = server.host,
): Promise<Connection | Error> {
  const made = await context.dial("Q", { host, port });
  return made instanceof Connection ? context.own(made) : made;
}

/** Opens Q, and sends `text` on it. `rule` is broken if nobody listens: after strangers, they have kept the client out. */
export async function openQ(
  passive: PassiveClient,
  text: string,
  rule = "N7.28",
): Promise<Connection> {
  const q = await dialPort(passive);
  const why = `nobody listens at port ${passive.port}, which the 229 names`;
  need(q instanceof Connection, rule, why);
  if (text !== "") q.send(text);
  return q;
}

/** A client that has opened P again and sent PASV, and where it shall open Q. */
export interface PassiveServer {
  readonly server: DialectServer;
  readonly key: string;
  readonly q: Connection;
}

/**
 * Answers a get of the client under test with 425, and invites it to open Q if it comes again with PASV; not applicable
 * if it does not. The case takes over when Q is open, and this waits for the end of the client.
 */
export async function servePassiveGet(
  context: CaseContext,
  atQ: (passive: PassiveServer) => Promise<void>,
  options: LaunchOptions = {},
): Promise<DialectServer> {
  const client = launchClient(context, "get", { file: FILE, ...options });
  const { listener, program } = client;
  const startTls = async (p: Connection): Promise<void> => {
    if (!options.certificate) return;
    const terms = { part: "server", ...options.certificate } as const;
    need(await p.startTls(terms, context.timeouts.reply), "N4.2", "no TLS with the client");
  };
  const play = async (p: Connection, atCommand: (server: DialectServer) => Promise<void>) => {
    await startTls(p);
    const script = { kind: "get", payload: TEXT, atCommand } as const;
    return serveLaunched(context, script, client, p);
  };
  const first = await waitForP(context, client);
  need(first !== undefined, "S4.1", `the client opened no P (${program.ending})`);
  await play(first, async (server) => {
    server.say("425 nobody answers at your port\n");
    server.p.finish();
  });
  const findSecond = (): Connection | undefined =>
    listener.connections.slice(1).find(({ length }) => length > 0);
  await context.waitForEndOr(program, () => findSecond() !== undefined);
  const second = findSecond();
  applies(second !== undefined, "this client does not open Q itself if the server cannot");
  const server = await play(second, async (server) => {
    applies(
      server.options.some((line) => line.startsWith("PASV")),
      "this client does not send PASV",
    );
    const port = context.listen("Q");
    const key = createQKey();
    server.say(`229 port=${port.port} key=${key} open it here\n`);
    const isOver = (): boolean => port.first !== undefined || program.exited !== undefined;
    await context.waitFor("Q", context.timeouts.reply, isOver);
    need(port.first !== undefined, "N7.31", `the client did not open Q; ${program.words}`);
    await atQ({ server, key, q: port.first });
  });
  const running = await context.waitForEnd(program);
  need(!running, ["S8.1", "S8.3"], running ?? "");
  return server;
}
