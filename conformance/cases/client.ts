// The client's part of step 7: what it shows, what it saves, and what it leaves alone.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attempt } from "../attempt.ts";
import { difference, show } from "../bytes.ts";
import { type Case, rule } from "../case.ts";
import type { Channel } from "../channel.ts";
import type { Kind } from "../dialect.ts";
import { GIVE_UP_LIMIT, QUIET } from "../patience.ts";
import { arrival, play, start } from "../call.ts";
import { Play } from "../play.ts";
import type { Program } from "../program.ts";
import { must, need } from "../verdict.ts";

const NAME = "hello.txt";
const OLD = "what the user had before\n";

const home = (attempt: Attempt, name: string): string => join(attempt.files.home, name);

async function shows({ attempt, program }: Play, text: string): Promise<void> {
  const done = (): boolean => program.output.includes(text) || program.exited !== undefined;
  await attempt.within("a text on the screen", GIVE_UP_LIMIT, done);
  await program.ended(0);
  must(program.output.includes(text), `${show(text)} on the screen`, program.words);
}

async function refused(attempt: Attempt, kind: Kind): Promise<void> {
  const error = `No such thing is here (${crypto.randomUUID().slice(0, 4)})`;
  const done = await play(attempt, { kind, error }, kind === "get" ? { file: NAME } : {});
  await shows(done, attempt.dialect.errors.missing.say.includes("{text}") ? error : "");
}

/** The file is in the client's directory, and is what the suite sent. */
async function saves(attempt: Attempt, payload: Uint8Array, file = NAME): Promise<Program> {
  const { program } = await play(attempt, { kind: "get", payload }, { file });
  await program.ended(GIVE_UP_LIMIT);
  const path = home(attempt, file);
  const there = readdirSync(attempt.files.home).join(", ") || "nothing";
  must(existsSync(path), `${file} in its directory`, `there is ${there}; ${program.words}`);
  const differs = difference(payload, readFileSync(path));
  must(differs === undefined, `the ${payload.length} bytes that were sent`, differs ?? "");
  return program;
}

async function keeps(attempt: Attempt): Promise<void> {
  writeFileSync(home(attempt, NAME), OLD);
  const started = start(attempt, "get", { file: NAME });
  const { program } = started;
  const p = await arrival(attempt, started);
  const payload = Buffer.from("what the server has\n");
  if (p) await new Play(attempt, program, p, { kind: "get", payload }).run();
  await program.ended(GIVE_UP_LIMIT);
  const now = readFileSync(home(attempt, NAME), "utf8");
  must(now === OLD, `${NAME} as the user left it`, `it holds ${show(now)}; ${program.words}`);
}

async function cut(play: Play, q: Channel): Promise<void> {
  q.send(play.payload.subarray(0, play.payload.length / 2));
  await Bun.sleep(QUIET / 3);
  q.abort();
}

export const cases: Case[] = [
  rule("S7.4", "the answer to -g is an error", (attempt) => refused(attempt, "get")),
  rule("S7.4", "the answer to -l is an error", (attempt) => refused(attempt, "list")),
  rule("S7.9", "three names", async (attempt) => {
    const names = ["alpha.txt", attempt.files.surprise, "omega.txt"];
    const payload = Buffer.from(
      names.map((name) => name + attempt.dialect.listing.separator).join(""),
    );
    const done = await play(attempt, { kind: "list", payload });
    for (const name of names) await shows(done, name);
  }),
  rule("S7.15", "two short lines", async (attempt) => {
    await saves(attempt, attempt.files.content("hello.txt"));
  }),
  rule("S7.15", "a text whose last line has no end", async (attempt) => {
    await saves(attempt, attempt.files.content("unended.txt"));
  }),
  rule(
    "S7.15",
    "five megabytes",
    async (attempt) => void (await saves(attempt, attempt.files.addLarge())),
    { needs: ["large"] },
  ),
  rule("S7.16", "a file of that name is there already", keeps),
  rule("S7.17", "after a file was saved", async (attempt) => {
    const payload = attempt.files.content("hello.txt");
    const { program } = await play(attempt, { kind: "get", payload }, { file: NAME });
    await program.ended(GIVE_UP_LIMIT);
    need(readdirSync(attempt.files.home).length > 0, "S7.15", "nothing is saved");
    const said = /transfer\s+(is\s+)?complete/i.test(program.output);
    must(said, "the words “transfer complete” on the screen", program.words);
  }),
  rule("S7.18", "Q is reset in the middle of a file", async (attempt) => {
    const payload = attempt.files.content("lines.txt");
    const done = await play(attempt, { kind: "get", payload, atData: cut }, { file: NAME });
    await done.program.ended(GIVE_UP_LIMIT);
    const left = existsSync(home(attempt, NAME));
    must(!left, `nothing is called ${NAME}`, "half a file is there under the whole file's name");
  }),
];
