// --learn: what a server and a client say to each other, and a dialect that would describe it.

import { escapeControls } from "../../../lib/text.ts";
import { usageFailure } from "../../cli/arguments.ts";
import { printOutput } from "../../cli/terminal.ts";
import { printMessage } from "../../cli/terminal.ts";
import { checkRequest, type Request } from "./request.ts";

/** Shows the conversation on standard error, and proposes a dialect on standard output for a person to edit. */
export async function inferDialect(request: Request): Promise<number> {
  if (request.server === undefined)
    throw usageFailure("--learn takes a --server, and a --client if there is one.");
  const { server, client } = await checkRequest(request);
  const answer = request.answer?.replaceAll("\\n", "\n") ?? process.env["FT_ANSWER"];
  // Loaded here only: it takes the suite's own sockets and programs with it.
  const { learn } = await import("../../../conformance/learn/learn.ts");
  const { transcript, proposal } = await learn(server ?? "", client, answer);
  printMessage(`${transcript.split("\n").map(escapeControls).join("\n")}\n`);
  await printOutput(`${proposal.trimEnd()}\n`);
  return 0;
}
