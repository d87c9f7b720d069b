// TLS on Q, for a client that has it: whose bytes it takes, and what it proves.

import type { Attempt } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type Case, rule } from "../../harness/test-case.ts";
import { certificates } from "../../subject/certificates.ts";
import type { Channel } from "../../net/connection.ts";
import { done, isNothing, isWhole, TEXT } from "../../peer/native-server.ts";
import { CLOSE_LIMIT, QUIET, REPLY_LIMIT } from "../../spec/timeouts.ts";
import type { Play } from "../../peer/server.ts";
import { deliverSealed, dialSealed, good, gotSealed, newKey } from "../../peer/native-server-tls.ts";
import { must, need } from "../../spec/verdict.ts";

/** Somebody else whose certificate is just as good: not the one of P. */
async function impostor(attempt: Attempt): Promise<void> {
  const other = (await certificates()).pair("other");
  const over = await gotSealed(attempt, async (play) => {
    const q = await dialSealed(play);
    await q.secure({ part: "server", ...other }, REPLY_LIMIT);
    q.send(TEXT);
    q.finish();
    done(play);
  });
  isNothing(attempt, over);
}

async function unsealed(attempt: Attempt): Promise<void> {
  const over = await gotSealed(attempt, async (play) => {
    const q = await dialSealed(play);
    q.send(TEXT);
    q.finish();
    done(play);
  });
  isNothing(attempt, over);
}

/** The first bytes come in front of the handshake, where anybody can put them: what TLS protects is not the whole. */
async function early(attempt: Attempt): Promise<void> {
  const key = newKey();
  const over = await gotSealed(attempt, async (play) => {
    const q = await play.dialQ();
    q.send(TEXT.subarray(0, 9));
    await Bun.sleep(QUIET / 3);
    play.say(`150 bytes={size} port={qport} version=v1 key=${key} the file comes\n`);
    if (await q.secure({ part: "server", ...(await good()) }, REPLY_LIMIT))
      q.send(TEXT.subarray(9));
    q.finish();
    done(play);
  });
  isNothing(attempt, over);
}

async function proved(attempt: Attempt): Promise<void> {
  const key = newKey();
  await gotSealed(attempt, async (play) => {
    const q = await dialSealed(play, key);
    need(await q.secure({ part: "server", ...(await good()) }, REPLY_LIMIT), "N7.24", "no TLS");
    await attempt.within("the key", REPLY_LIMIT, () => q.length >= key.length || q.over);
    await attempt.happens(() => q.length > key.length || q.over, QUIET);
    must(q.text === key, `${key} on Q`, show(q.bytes));
    must(!q.over, "its direction of Q is open", "the client has ended it");
    q.send(TEXT);
    q.finish();
    done(play);
  });
}

/** All bytes have come, and 226; but the end is one that anybody can make. */
async function cut(attempt: Attempt): Promise<void> {
  const over = await gotSealed(attempt, async (play) => {
    await deliverSealed(play, (q) => q.secrecy?.breakOff());
    done(play);
  });
  isNothing(attempt, over);
}

async function notified(attempt: Attempt): Promise<void> {
  let q: Channel | undefined;
  const over = await gotSealed(attempt, async (play: Play) => {
    q = await deliverSealed(play);
    done(play);
  });
  isWhole(attempt, over);
  for (const each of [over.p, q]) {
    await attempt.within("the client's end", CLOSE_LIMIT, () => each?.over === true);
    const ended = each?.secrecy?.records.notified === true;
    must(ended, `close_notify on ${each?.name}`, `the end of ${each?.name} without it`);
  }
}

const of = (id: string, title: string, run: Case["run"]): Case =>
  rule(id, title, run, { role: "client", needs: ["tls"] });

export const cases: Case[] = [
  of("N7.24", "another certificate of the same issuer and name", impostor),
  of("N7.24", "the file in the clear", unsealed),
  of("N7.24", "bytes before the handshake", early),
  of("N7.25", "what it sends on Q", proved),
  of("N7.27", "all bytes, and FIN alone", cut),
  of("N7.27", "the ends of P and Q", notified),
];
