// The terminal's echo, off for as long as something secret is typed, and back afterwards whatever happens.

import { Failure } from "../../lib/errors.ts";

/** Turns the echo off until it is disposed of. The terminal still edits the line, and its keys for signals work. */
export class EchoOff implements Disposable {
  readonly #before: string;

  /** Throws a `Failure` of kind `login` where the terminal cannot hide what is typed. */
  constructor() {
    this.#before = stty("-g");
    stty("-echo");
    // Whoever was stopped and comes back finds the terminal as the shell likes it.
    process.on("SIGCONT", hide);
  }

  [Symbol.dispose](): void {
    process.off("SIGCONT", hide);
    stty(this.#before);
  }
}

const hide = () => void stty("-echo");

/** stty(1) of POSIX on our standard input; returns what it prints. */
function stty(mode: string): string {
  try {
    const { exitCode, stdout } = Bun.spawnSync(["stty", mode], { stdin: "inherit" });
    if (exitCode === 0) return stdout.toString().trim();
  } catch {
    // There is no such program: the same as one that fails.
  }
  throw new Failure(
    "login",
    "What is typed cannot be hidden on this terminal: give the password another way, see --help.",
  );
}
