// The native dialect: whom a client takes for the server.

import { type Attempt, HOST } from "../../harness/context.ts";
import type { Case } from "../../harness/test-case.ts";
import { Channel } from "../../net/connection.ts";
import { client, deliver, done, got, isWhole } from "../../peer/native-server.ts";
import { POLL, QUIET, REPLY_LIMIT } from "../../spec/timeouts.ts";
import type { Play } from "../../peer/server.ts";
import { must, NoVerdict } from "../../spec/verdict.ts";
import { dial } from "../../net/sockets.ts";

/** A stranger is faster than the server, from another address or from another port. */
async function stranger(attempt: Attempt, from: string): Promise<void> {
  let thief: Channel | undefined;
  const over = await got(attempt, async (play) => {
    thief = await intrude(play, from);
    thief.send("the stranger's contents\n");
    thief.finish();
    await deliver(play);
    done(play);
  });
  isWhole(attempt, over);
  must(thief?.over === true, "the stranger is closed", "its connection was kept");
}

async function intrude(play: Play, from: string): Promise<Channel> {
  const port = Number(play.values["dport"]);
  const { attempt } = play;
  for (const end = performance.now() + REPLY_LIMIT; performance.now() < end;) {
    const made = await dial(attempt.timeline, "Q", { host: HOST, port, from });
    if (made instanceof Channel) return attempt.hold(made);
    await Bun.sleep(POLL);
  }
  throw new NoVerdict(`it rests on S6.2: nobody can be reached at the data port from ${from}`);
}

async function otherAddress(attempt: Attempt): Promise<void> {
  let reached: Channel | Error | undefined;
  const over = await got(attempt, async (play) => {
    const port = Number(play.values["dport"]);
    await Bun.sleep(QUIET / 2);
    reached = await dial(attempt.timeline, "Q", { host: "127.0.0.2", port });
    if (reached instanceof Channel) attempt.hold(reached);
    await deliver(play);
    done(play);
  });
  must(!(reached instanceof Channel), `a listener on ${HOST} alone`, "127.0.0.2 reaches it too");
  isWhole(attempt, over);
}

export const cases: Case[] = [
  client("N7.14", "Q is dialled at another address of this machine", otherAddress),
  client("N7.15", "a stranger comes first, from another address", (attempt) =>
    stranger(attempt, "127.0.0.2"),
  ),
  client("N7.15", "a stranger comes first, from the server's address", (attempt) =>
    stranger(attempt, HOST),
  ),
];
