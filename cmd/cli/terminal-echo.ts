// Turns off the terminal's echo while a person types a secret, and turns it on again afterwards.

import { Failure } from "../../lib/errors.ts";

/** The echo is off until this is disposed of. The terminal still edits the line, and its keys for signals work. */
export class EchoOff implements Disposable {
  readonly #before: string;

  /** Throws a `Failure` of kind `login` if the terminal cannot hide what is typed. */
  constructor() {
    this.#before = runStty("-g");
    runStty("-echo");
    // After Ctrl-Z and fg the shell has turned the echo on again.
    process.on("SIGCONT", hideInput);
  }

  [Symbol.dispose](): void {
    process.off("SIGCONT", hideInput);
    runStty(this.#before);
  }
}

const hideInput = () => void runStty("-echo");

/** Runs stty(1) of POSIX on standard input, and returns what it prints. */
function runStty(mode: string): string {
  try {
    const { exitCode, stdout } = Bun.spawnSync(["stty", mode], { stdin: "inherit" });
    if (exitCode === 0) return stdout.toString().trim();
  } catch {
    // There is no such program. The message is the same as for one that fails.
  }
  throw new Failure(
    "login",
    "This terminal cannot hide what you type: give the password another way, see --help.",
  );
}
