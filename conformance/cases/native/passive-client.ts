// The native dialect: a client that opens Q itself, because the server cannot.

import type { CaseContext } from "../../harness/context.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { clientRule, readSaved, sendEnd, TEXT } from "../../peer/native-server.ts";
import { loadGoodCertificate } from "../../peer/native-server-tls.ts";
import { type PassiveServer, servePassiveGet } from "../../peer/native-passive.ts";
import type { DialectServer } from "../../peer/server.ts";
import { must, need } from "../../spec/verdict.ts";
import { getCertificates } from "../../subject/certificates.ts";
import { findEnd } from "../evidence.ts";
import { expectHandshake, mustOn } from "../expectations.ts";

/** Announces the contents, sends them on Q, and confirms them. */
function sendAll({ server, q }: PassiveServer): void {
  server.say(`150 bytes={size} port=${q.local.port} version=v1 the file comes\n`);
  q.send(TEXT);
  q.finish();
  sendEnd(server);
}

/** What else can have kept the client from saving the file is a matter of other rules. */
function needSaved(context: CaseContext, { program }: DialectServer): void {
  const isSaved = TEXT.equals(readSaved(context) ?? Buffer.alloc(0));
  need(isSaved, ["S7.15", "S7.28", "N7.25"], `the file was not saved; ${program.words}`);
}

/** Waits for the key, and for what may follow it. */
async function readKey({ server: { context }, key, q }: PassiveServer): Promise<void> {
  const { reply, quiet } = context.timeouts;
  await context.waitFor("the key", reply, () => q.length >= key.length || q.hasEnded);
  await context.happensWithin(() => q.length > key.length || q.hasEnded, quiet);
}

async function expectKey(context: CaseContext): Promise<void> {
  const server = await servePassiveGet(context, async (passive) => {
    const { q, key } = passive;
    await readKey(passive);
    mustOn(q, q.text === key, `only ${key} on Q`);
    must(!q.hasEnded, "the client keeps its direction of Q open", "it ended it", findEnd(q));
    sendAll(passive);
  });
  needSaved(context, server);
}

async function expectKeyInTls(context: CaseContext): Promise<void> {
  const certificate = await loadGoodCertificate();
  const act = async (passive: PassiveServer): Promise<void> => {
    const { q, key } = passive;
    const done = await q.startTls({ part: "server", ...certificate }, context.timeouts.reply);
    expectHandshake(q, done, "a TLS handshake on Q, with the client as TLS client");
    await readKey(passive);
    need(q.text === key, "N7.31", `the client did not send the key, but ${q.description}`);
    sendAll(passive);
  };
  needSaved(context, await servePassiveGet(context, act, { certificate }));
}

/** The certificate has the same issuer and name, but it is not the one of P. */
async function rejectOtherCertificate(context: CaseContext): Promise<void> {
  const certificate = await loadGoodCertificate();
  const other = (await getCertificates()).pair("other");
  const act = async (passive: PassiveServer): Promise<void> => {
    const { q } = passive;
    await q.startTls({ part: "server", ...other }, context.timeouts.reply);
    await readKey(passive);
    mustOn(q, q.length === 0, "no key for another certificate than P's");
    sendAll(passive);
  };
  await servePassiveGet(context, act, { certificate });
}

const secure = { role: "client", needs: ["tls"] } as const;

export const cases: TestCase[] = [
  clientRule("N7.31", "the server cannot open Q", expectKey),
  rule("N7.33", "TLS on Q", expectKeyInTls, secure),
  rule("N7.33", "another certificate of the same issuer and name", rejectOtherCertificate, secure),
];
