// ftpasswd: keeps the user file of an ftserver.

import type { Program } from "./cli/arguments.ts";
import { main } from "./cli/main.ts";
import { positional, STANDARD_OPTIONS, value } from "./cli/options.ts";
import { canAsk } from "./cli/password.ts";
import { runAction } from "./ftpasswd/actions.ts";

const args = {
  action: { ...positional("add, remove, list or verify"), valueHint: "add|remove|list|verify" },
  name: positional("The user (not for list)", false),
  users: value("FILE", "The user file; add creates it (mode 0600)"),
  ...STANDARD_OPTIONS,
};

export const program: Program = {
  name: "ftpasswd",
  description:
    "Keep the users of an ftserver. It asks for the password, or reads it from standard input",
  args,
  tooManyArguments:
    "Too many arguments. Do not put a password on the command line, where every user of this computer can read it: ftpasswd asks for it, or reads it from standard input.",
  example: `  ftpasswd add ada --users users.txt
  ftpasswd verify ada --users users.txt < password.txt
  ftpasswd list --users users.txt`,
};

/** At a terminal a signal ends the question, and the question restores the echo. Without a terminal it ends the process. */
export const start = (): Promise<void> =>
  main(program, runAction, canAsk() ? { onSignal: () => {} } : {});

if (import.meta.main) void start();
