// ftpasswd: keeps the user file of an ftserver.

import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { ArgsDef } from "citty";
import { Failure } from "../lib/errors.ts";
import { localFailure, quote } from "../lib/client/save.ts";
import { sanitizeForDisplay } from "../lib/text.ts";
import {
  formatUsers,
  HASH_COST,
  findNameFault,
  findPasswordFault,
  readUsers,
} from "../lib/auth/users.ts";
import { Arguments, type Program, usage } from "./cli/arguments.ts";
import { main } from "./cli/main.ts";
import { askPassword, canAsk, readPassword } from "./cli/password.ts";
import { writeOut } from "./cli/terminal.ts";
import { say } from "./cli/terminal.ts";

const args = {
  action: { type: "positional", description: "add, remove, list or verify" },
  name: { type: "positional", required: false, description: "The user (not for list)" },
  users: {
    type: "string",
    valueHint: "FILE",
    description: "The user file; add makes it (mode 0600)",
  },
  version: { type: "boolean", description: "Print the version" },
  help: { type: "boolean", alias: "h", description: "Print this help" },
} as const satisfies ArgsDef;

export const program: Program = {
  name: "ftpasswd",
  description:
    "Keep the users of an ftserver. The password is asked for, or read from standard input",
  args,
  surplus:
    "Surplus arguments. A password is not given here, where every user of this host could read it: it is asked for, or read from standard input.",
  example: `  ftpasswd add ada --users users.txt
  ftpasswd verify ada --users users.txt < password.txt
  ftpasswd list --users users.txt`,
};

// At a terminal an interrupt ends the question, which gives the terminal its echo back; elsewhere it ends the process.
if (import.meta.main) await main(program, run, canAsk() ? { onSignal: () => {} } : {});

async function run(given: Arguments): Promise<void> {
  const action = given.required("action");
  const file = given.text("users");
  if (file === undefined) throw usage("--users FILE is missing.");
  if (action === "list") return list(given, file);
  const name = given.required("name");
  const fault = findNameFault(name);
  if (fault) throw usage(`NAME is none: ${fault}.`);
  if (action === "add") return await add(file, name);
  if (action === "remove") return remove(file, name);
  if (action === "verify") return await verify(file, name);
  throw usage(`ACTION takes add, remove, list or verify, not "${sanitizeForDisplay(action)}".`);
}

async function list(given: Arguments, file: string): Promise<void> {
  if (given.text("name") !== undefined) throw usage("list takes no NAME.");
  await writeOut([...readUsers(file).keys()].map((name) => `${name}\n`).join(""));
}

async function add(file: string, name: string): Promise<void> {
  const users = existsSync(file) ? readUsers(file) : new Map<string, string>();
  const password = await newPassword(name);
  const fault = findPasswordFault(password);
  if (fault) throw usage(`The password is none: ${fault}.`);
  const known = users.has(name);
  save(file, users.set(name, await Bun.password.hash(password, HASH_COST)));
  say(`${name}: ${known ? "password changed" : "added"}.\n`);
}

function remove(file: string, name: string): void {
  const users = readUsers(file);
  if (!users.delete(name)) throw unknown(file, name);
  save(file, users);
  say(`${name}: removed.\n`);
}

async function verify(file: string, name: string): Promise<void> {
  const hash = readUsers(file).get(name);
  if (hash === undefined) throw unknown(file, name);
  const password = canAsk() ? await askPassword(`Password of ${name}: `) : readPassword();
  if (!(await Bun.password.verify(password, hash)))
    throw new Failure("login", `${name}: wrong password.`);
  say(`${name}: the password is right.\n`);
}

async function newPassword(name: string): Promise<string> {
  if (!canAsk()) return readPassword();
  const password = await askPassword(`New password of ${name}: `);
  if (password === (await askPassword("Once more: "))) return password;
  throw usage("The two passwords differ.");
}

/** A new file takes the place of the old one in one step: a server that reads meanwhile sees the one or the other. */
function save(file: string, users: ReadonlyMap<string, string>): void {
  const fresh = `${file}.${process.pid}.new`;
  try {
    writeFileSync(fresh, formatUsers(users), { mode: 0o600, flag: "wx" });
    chmodSync(fresh, 0o600);
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw localFailure(`Cannot write ${quote(file)}`, error);
  }
}

function unknown(file: string, name: string): Failure {
  return new Failure("other", `${name} is not in ${quote(file)}.`);
}
