// TLS on Q, for a client that has it: whose bytes it takes, and what it proves.

import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { certificates } from "../../subject/certificates.ts";
import type { Connection } from "../../net/connection.ts";
import { sendEnd, expectNothingSaved, expectSaved, TEXT } from "../../peer/native-server.ts";
import { CLOSE_LIMIT, QUIET, REPLY_LIMIT } from "../../spec/timeouts.ts";
import type { DialectServer } from "../../peer/server.ts";
import {
  sendContentsOverTls,
  dialQOverTls,
  loadGoodCertificate,
  serveGetOverTls,
  createQKey,
} from "../../peer/native-server-tls.ts";
import { must, need } from "../../spec/verdict.ts";

/** Somebody else whose certificate is just as good: not the one of P. */
async function impostor(context: CaseContext): Promise<void> {
  const other = (await certificates()).pair("other");
  const over = await serveGetOverTls(context, async (play) => {
    const q = await dialQOverTls(play);
    await q.startTls({ part: "server", ...other }, REPLY_LIMIT);
    q.send(TEXT);
    q.finish();
    sendEnd(play);
  });
  expectNothingSaved(context, over);
}

async function unsealed(context: CaseContext): Promise<void> {
  const over = await serveGetOverTls(context, async (play) => {
    const q = await dialQOverTls(play);
    q.send(TEXT);
    q.finish();
    sendEnd(play);
  });
  expectNothingSaved(context, over);
}

/** The first bytes come in front of the handshake, where anybody can put them: what TLS protects is not the whole. */
async function early(context: CaseContext): Promise<void> {
  const key = createQKey();
  const over = await serveGetOverTls(context, async (play) => {
    const q = await play.dialQ();
    q.send(TEXT.subarray(0, 9));
    await Bun.sleep(QUIET / 3);
    play.say(`150 bytes={size} port={qport} version=v1 key=${key} the file comes\n`);
    if (await q.startTls({ part: "server", ...(await loadGoodCertificate()) }, REPLY_LIMIT))
      q.send(TEXT.subarray(9));
    q.finish();
    sendEnd(play);
  });
  expectNothingSaved(context, over);
}

async function proved(context: CaseContext): Promise<void> {
  const key = createQKey();
  await serveGetOverTls(context, async (play) => {
    const q = await dialQOverTls(play, key);
    need(
      await q.startTls({ part: "server", ...(await loadGoodCertificate()) }, REPLY_LIMIT),
      "N7.24",
      "no TLS",
    );
    await context.waitFor("the key", REPLY_LIMIT, () => q.length >= key.length || q.hasEnded);
    await context.happensWithin(() => q.length > key.length || q.hasEnded, QUIET);
    must(q.text === key, `${key} on Q`, show(q.bytes));
    must(!q.hasEnded, "its direction of Q is open", "the client has ended it");
    q.send(TEXT);
    q.finish();
    sendEnd(play);
  });
}

/** All bytes have come, and 226; but the end is one that anybody can make. */
async function cut(context: CaseContext): Promise<void> {
  const over = await serveGetOverTls(context, async (play) => {
    await sendContentsOverTls(play, (q) => q.tls?.truncate());
    sendEnd(play);
  });
  expectNothingSaved(context, over);
}

async function notified(context: CaseContext): Promise<void> {
  let q: Connection | undefined;
  const over = await serveGetOverTls(context, async (play: DialectServer) => {
    q = await sendContentsOverTls(play);
    sendEnd(play);
  });
  expectSaved(context, over);
  for (const each of [over.p, q]) {
    await context.waitFor("the client's end", CLOSE_LIMIT, () => each?.hasEnded === true);
    const ended = each?.tls?.records.endsWithAlert === true;
    must(ended, `close_notify on ${each?.name}`, `the end of ${each?.name} without it`);
  }
}

const of = (id: string, title: string, run: TestCase["run"]): TestCase =>
  rule(id, title, run, { role: "client", needs: ["tls"] });

export const cases: TestCase[] = [
  of("N7.24", "another certificate of the same issuer and name", impostor),
  of("N7.24", "the file in the clear", unsealed),
  of("N7.24", "bytes before the handshake", early),
  of("N7.25", "what it sends on Q", proved),
  of("N7.27", "all bytes, and FIN alone", cut),
  of("N7.27", "the ends of P and Q", notified),
];
