// The actions of ftpasswd on a user file: add, remove, list and verify.

import { existsSync } from "node:fs";
import { updateUsers } from "../../lib/auth/user-file.ts";
import { findNameFault, findPasswordFault, HASH_COST, readUsers } from "../../lib/auth/users.ts";
import { Failure } from "../../lib/errors.ts";
import { sanitizeForDisplay, quote } from "../../lib/text.ts";
import { type Arguments, usageFailure } from "../cli/arguments.ts";
import { askPassword, canAsk, readPassword } from "../cli/password.ts";
import { onTerminal, printMessage, printOutput, STDOUT } from "../cli/terminal.ts";

const ACTIONS: readonly string[] = ["add", "remove", "list", "verify"];

export async function runAction(args: Arguments): Promise<void> {
  const action = args.required("action");
  if (!ACTIONS.includes(action)) {
    const given = sanitizeForDisplay(action);
    throw usageFailure(`ACTION takes add, remove, list or verify, not "${given}".`);
  }
  const file = args.text("users");
  if (file === undefined) throw usageFailure("--users FILE is missing.");
  if (action === "list") return listUsers(args, file);
  const name = args.required("name");
  const fault = findNameFault(name);
  if (fault) throw usageFailure(`NAME is not valid: ${fault}.`);
  if (action === "add") return await addUser(file, name);
  if (action === "remove") return await removeUser(file, name);
  return await verifyUser(file, name);
}

async function listUsers(args: Arguments, file: string): Promise<void> {
  if (args.text("name") !== undefined) throw usageFailure("list takes no NAME.");
  // On a terminal a name must not look like another one. In a pipe it is the name itself.
  const format = onTerminal(STDOUT) ? sanitizeForDisplay : String;
  await printOutput([...readUsers(file).keys()].map((name) => `${format(name)}\n`).join(""));
}

async function addUser(file: string, name: string): Promise<void> {
  if (existsSync(file)) readUsers(file); // a damaged file is told before the password is asked for
  const password = await askNewPassword(name);
  if (password === "")
    throw usageFailure("The password is empty: type one, or write it to standard input.");
  const fault = findPasswordFault(password);
  if (fault) throw usageFailure(`The password is not valid: ${fault}.`);
  const hash = await Bun.password.hash(password, HASH_COST);
  let exists = false;
  const change = (users: Map<string, string>) => {
    exists = users.has(name);
    users.set(name, hash);
  };
  await updateUsers(file, change, true);
  printMessage(`${sanitizeForDisplay(name)}: ${exists ? "password changed" : "added"}.\n`);
}

async function removeUser(file: string, name: string): Promise<void> {
  await updateUsers(file, (users) => {
    if (!users.delete(name)) throw unknownUser(file, name);
  });
  printMessage(`${sanitizeForDisplay(name)}: removed.\n`);
}

async function verifyUser(file: string, name: string): Promise<void> {
  const hash = readUsers(file).get(name);
  if (hash === undefined) throw unknownUser(file, name);
  const password = canAsk()
    ? await askPassword(`Password of ${sanitizeForDisplay(name)}: `)
    : readPassword();
  if (!(await Bun.password.verify(password, hash)))
    throw new Failure("login", `${name}: wrong password.`);
  printMessage(`${sanitizeForDisplay(name)}: the password is right.\n`);
}

async function askNewPassword(name: string): Promise<string> {
  if (!canAsk()) return readPassword();
  const password = await askPassword(`New password of ${sanitizeForDisplay(name)}: `);
  if (password === (await askPassword("Once more: "))) return password;
  throw usageFailure("The two passwords differ.");
}

function unknownUser(file: string, name: string): Failure {
  return new Failure("other", `${name} is not in ${quote(file)}.`);
}
