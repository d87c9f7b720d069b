// What a timeline says of a connection: nothing happens before it is open or after it is closed.

import { expect, test } from "bun:test";
import { Connection } from "./connection.ts";
import { dial, Listener } from "./sockets.ts";
import { Timeline } from "./timeline.ts";

const LIMIT = 5_000; // everything here happens on one machine, at once
const HOST = "127.0.0.1";

async function connect(timeline: Timeline, greeting = "") {
  const other = new Timeline();
  const listener = new Listener("P", other, HOST, 0);
  const near = await dial(timeline, "P", { host: HOST, port: listener.port }, LIMIT);
  if (!(near instanceof Connection)) throw near;
  await other.waitUntil(() => listener.first !== undefined, LIMIT);
  if (greeting) listener.first?.send(greeting);
  return { near, far: listener.first!, listener };
}

const story = ({ moments }: Timeline): string[] =>
  moments.map(({ actor, kind }) => `${actor} ${kind}`);

test(
  "what is sent to a connection that the suite has closed is no event, nor what the suite sends there",
  async () => {
    const timeline = new Timeline();
    const { near, far, listener } = await connect(timeline);
    near.close();
    near.send("late");
    near.finish();
    far.send("late");
    far.finish();
    await timeline.waitUntil(() => false, 50);
    listener[Symbol.dispose]();
    expect(story(timeline)).toEqual(["suite SYN", "suite FIN"]);
  },
  LIMIT,
);

test(
  "a connection opens before its first bytes, and ends once",
  async () => {
    const timeline = new Timeline();
    const { near, far, listener } = await connect(timeline, "hello");
    await timeline.waitUntil(() => near.length > 0, LIMIT);
    near.finish();
    near.finish();
    far.finish();
    await timeline.waitUntil(() => near.hasEnded, LIMIT);
    await timeline.waitUntil(() => false, 50);
    listener[Symbol.dispose]();
    expect(story(timeline)).toEqual(["suite SYN", "subject data", "suite FIN", "subject FIN"]);
  },
  LIMIT,
);
