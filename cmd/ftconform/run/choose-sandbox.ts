// Whether the programs run in a sandbox: as the user says, or for a class, as the machine allows.

import { canSeal } from "../../../conformance/index.ts";
import { type Arguments, usageFailure } from "../../cli/arguments.ts";
import { printMessage } from "../../cli/terminal.ts";
import type { Sandbox } from "./run.ts";

const NEEDED =
  "Install Debian's bubblewrap, and see whether this user may make user namespaces (try: bwrap --ro-bind / / --unshare-user true).";

/** For a class the default is `bwrap` if it works. Throws a `Failure` of kind `usage` if it was asked for and does not work. */
export function chooseSandbox(given: Arguments, fallback: Sandbox): Sandbox {
  const asked = given.choice("sandbox", ["bwrap", "none"]);
  if (asked === "bwrap" && !canSeal())
    throw usageFailure(`--sandbox bwrap does not work on this machine. ${NEEDED}`);
  const chosen = asked ?? (fallback === "bwrap" && canSeal() ? "bwrap" : "none");
  if (chosen === "none" && fallback === "bwrap") warn(asked === undefined);
  return chosen;
}

function warn(isMissing: boolean): void {
  const why = isMissing
    ? `bubblewrap does not work on this machine. ${NEEDED}`
    : "It was asked for.";
  printMessage(
    `ftconform: WARNING: no sandbox. The programs can read and change all your files, those of other submissions too, and use the network. ${why}\n`,
  );
}
