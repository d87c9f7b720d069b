// A get in the native dialect that the suite serves by hand, and what is to have become of it.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Attempt } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import { type Call, play } from "./launch-client.ts";
import { type Case, rule } from "../harness/test-case.ts";
import { GIVE_UP_LIMIT } from "../spec/timeouts.ts";
import type { Play } from "./server.ts";
import { must, need } from "../spec/verdict.ts";

export const client = (id: string, title: string, run: Case["run"]): Case =>
  rule(id, title, run, { role: "client" });

export const file = "hello.txt";
export const TEXT = Buffer.from("the true contents of the file\n");

export const saved = (attempt: Attempt, name = file): Uint8Array | undefined => {
  const path = join(attempt.files.home, name);
  return existsSync(path) ? readFileSync(path) : undefined;
};

/** Plays a get and lets the script go on by itself once the command has come. */
export async function got(
  attempt: Attempt,
  atCommand: (play: Play) => Promise<void>,
  call: Call = {},
): Promise<Play> {
  const done = await play(attempt, { kind: "get", payload: TEXT, atCommand }, { file, ...call });
  const ended = await done.program.ended(GIVE_UP_LIMIT);
  need(ended, "S8.1, S8.3", `${GIVE_UP_LIMIT} ms later the client still runs`);
  return done;
}

/** The transfer was a success: its contents are there, under whatever name and in whatever form (S7.15). */
export function isWhole(attempt: Attempt, { program }: Play): void {
  const { home } = attempt.files;
  const contents = readdirSync(home).map((name) => readFileSync(join(home, name), "latin1"));
  const there = contents.some((text) => text.startsWith("the true contents"));
  const observed = contents.map((text) => show(text)).join(", ") || "nothing";
  must(there, "the contents that the server sent", `${observed}; ${program.words}`);
}

/** Neither the file nor a word of success. */
export function isNothing(attempt: Attempt, { program }: Play): void {
  const there = saved(attempt);
  must(there === undefined, `nothing is called ${file}`, `it holds ${show(there ?? "")}`);
  must(program.exited?.code !== 0, "an exit status other than 0", program.ending);
}

export const announce = (play: Play, extra = ""): void =>
  play.say(`150 ${extra}bytes={size} port={qport} version=v1 the file comes\n`);

export async function deliver(play: Play, bytes: Uint8Array = TEXT): Promise<void> {
  const q = await play.dialQ();
  announce(play);
  q.send(bytes);
  q.finish();
}

export const done = (play: Play): void => play.say("226 bytes={size}{hash} done\n");
