// The actions of ftpasswd on a user file: add, remove, list and verify.

import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import {
  findNameFault,
  findPasswordFault,
  formatUsers,
  HASH_COST,
  readUsers,
} from "../../lib/auth/users.ts";
import { Failure, localFailure } from "../../lib/errors.ts";
import { sanitizeForDisplay, quote } from "../../lib/text.ts";
import { type Arguments, usageFailure } from "../cli/arguments.ts";
import { askPassword, canAsk, readPassword } from "../cli/password.ts";
import { printMessage, printOutput } from "../cli/terminal.ts";

export async function runAction(args: Arguments): Promise<void> {
  const action = args.required("action");
  const file = args.text("users");
  if (file === undefined) throw usageFailure("--users FILE is missing.");
  if (action === "list") return listUsers(args, file);
  const name = args.required("name");
  const fault = findNameFault(name);
  if (fault) throw usageFailure(`NAME is not valid: ${fault}.`);
  if (action === "add") return await addUser(file, name);
  if (action === "remove") return removeUser(file, name);
  if (action === "verify") return await verifyUser(file, name);
  throw usageFailure(
    `ACTION takes add, remove, list or verify, not "${sanitizeForDisplay(action)}".`,
  );
}

async function listUsers(args: Arguments, file: string): Promise<void> {
  if (args.text("name") !== undefined) throw usageFailure("list takes no NAME.");
  await printOutput([...readUsers(file).keys()].map((name) => `${name}\n`).join(""));
}

async function addUser(file: string, name: string): Promise<void> {
  const users = existsSync(file) ? readUsers(file) : new Map<string, string>();
  const password = await askNewPassword(name);
  const fault = findPasswordFault(password);
  if (fault) throw usageFailure(`The password is not valid: ${fault}.`);
  const exists = users.has(name);
  saveUsers(file, users.set(name, await Bun.password.hash(password, HASH_COST)));
  printMessage(`${name}: ${exists ? "password changed" : "added"}.\n`);
}

function removeUser(file: string, name: string): void {
  const users = readUsers(file);
  if (!users.delete(name)) throw unknownUser(file, name);
  saveUsers(file, users);
  printMessage(`${name}: removed.\n`);
}

async function verifyUser(file: string, name: string): Promise<void> {
  const hash = readUsers(file).get(name);
  if (hash === undefined) throw unknownUser(file, name);
  const password = canAsk() ? await askPassword(`Password of ${name}: `) : readPassword();
  if (!(await Bun.password.verify(password, hash)))
    throw new Failure("login", `${name}: wrong password.`);
  printMessage(`${name}: the password is right.\n`);
}

async function askNewPassword(name: string): Promise<string> {
  if (!canAsk()) return readPassword();
  const password = await askPassword(`New password of ${name}: `);
  if (password === (await askPassword("Once more: "))) return password;
  throw usageFailure("The two passwords differ.");
}

/** Replaces the old file by a new one in one step: a server that reads at the same time sees the one or the other. */
function saveUsers(file: string, users: ReadonlyMap<string, string>): void {
  const newFile = `${file}.${process.pid}.new`;
  try {
    writeFileSync(newFile, formatUsers(users), { mode: 0o600, flag: "wx" });
    chmodSync(newFile, 0o600);
    renameSync(newFile, file);
  } catch (error) {
    rmSync(newFile, { force: true });
    throw localFailure(`Cannot write ${quote(file)}`, error);
  }
}

function unknownUser(file: string, name: string): Failure {
  return new Failure("other", `${name} is not in ${quote(file)}.`);
}
