// ftpasswd: keeps the user file of an ftserver.

import type { ArgsDef } from "citty";
import type { Program } from "./cli/arguments.ts";
import { main } from "./cli/main.ts";
import { canAsk } from "./cli/password.ts";
import { runAction } from "./ftpasswd/actions.ts";

const args = {
  action: { type: "positional", description: "add, remove, list or verify" },
  name: { type: "positional", required: false, description: "The user (not for list)" },
  users: {
    type: "string",
    valueHint: "FILE",
    description: "The user file; add creates it (mode 0600)",
  },
  version: { type: "boolean", description: "Print the version" },
  help: { type: "boolean", alias: "h", description: "Print this help" },
} as const satisfies ArgsDef;

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

// At a terminal a signal ends the question, and the question restores the echo. Without a terminal it ends the process.
if (import.meta.main) await main(program, runAction, canAsk() ? { onSignal: () => {} } : {});
