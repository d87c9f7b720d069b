// TLS on Q, for a client that has it: whose bytes it takes, and what it proves.

import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { certificates } from "../../subject/certificates.ts";
import type { Connection } from "../../net/connection.ts";
import { confirm, expectNothingSaved, expectSaved, TEXT } from "../../peer/native-server.ts";
import type { DialectServer } from "../../peer/server.ts";
import {
  deliverOverTls,
  dialQOverTls,
  goodCertificate,
  serveGetOverTls,
  newQKey,
} from "../../peer/native-server-tls.ts";
import { must, need } from "../../spec/verdict.ts";

/** Somebody else whose certificate is just as good: not the one of P. */
async function impostor(context: CaseContext): Promise<void> {
  const other = (await certificates()).pair("other");
  const over = await serveGetOverTls(context, async (play) => {
    const q = await dialQOverTls(play);
    await q.secure({ part: "server", ...other }, play.context.timeouts.reply);
    q.send(TEXT);
    q.finish();
    confirm(play);
  });
  expectNothingSaved(context, over);
}

async function unsealed(context: CaseContext): Promise<void> {
  const over = await serveGetOverTls(context, async (play) => {
    const q = await dialQOverTls(play);
    q.send(TEXT);
    q.finish();
    confirm(play);
  });
  expectNothingSaved(context, over);
}

/** The first bytes come in front of the handshake, where anybody can put them: what TLS protects is not the whole. */
async function early(context: CaseContext): Promise<void> {
  const key = newQKey();
  const over = await serveGetOverTls(context, async (play) => {
    const q = await play.dialQ();
    q.send(TEXT.subarray(0, 9));
    await Bun.sleep(play.context.timeouts.quiet / 3);
    play.say(`150 bytes={size} port={qport} version=v1 key=${key} the file comes\n`);
    if (
      await q.secure({ part: "server", ...(await goodCertificate()) }, play.context.timeouts.reply)
    )
      q.send(TEXT.subarray(9));
    q.finish();
    confirm(play);
  });
  expectNothingSaved(context, over);
}

async function proved(context: CaseContext): Promise<void> {
  const key = newQKey();
  await serveGetOverTls(context, async (play) => {
    const q = await dialQOverTls(play, key);
    need(
      await q.secure({ part: "server", ...(await goodCertificate()) }, play.context.timeouts.reply),
      "N7.24",
      "no TLS",
    );
    await context.waitFor(
      "the key",
      play.context.timeouts.reply,
      () => q.length >= key.length || q.hasEnded,
    );
    await context.happensWithin(
      () => q.length > key.length || q.hasEnded,
      play.context.timeouts.quiet,
    );
    must(q.text === key, `${key} on Q`, show(q.bytes));
    must(!q.hasEnded, "its direction of Q is open", "the client has ended it");
    q.send(TEXT);
    q.finish();
    confirm(play);
  });
}

/** All bytes have come, and 226; but the end is one that anybody can make. */
async function cut(context: CaseContext): Promise<void> {
  const over = await serveGetOverTls(context, async (play) => {
    await deliverOverTls(play, (q) => q.tls?.breakOff());
    confirm(play);
  });
  expectNothingSaved(context, over);
}

async function notified(context: CaseContext): Promise<void> {
  let q: Connection | undefined;
  const over = await serveGetOverTls(context, async (play: DialectServer) => {
    q = await deliverOverTls(play);
    confirm(play);
  });
  expectSaved(context, over);
  for (const each of [over.p, q]) {
    await context.waitFor(
      "the client's end",
      context.timeouts.close,
      () => each?.hasEnded === true,
    );
    const ended = each?.tls?.records.notified === true;
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
