// --learn: what a server and a client say to each other, and a dialect that would describe it.

import { escapeControls } from "../../../lib/text.ts";
import { usage } from "../../cli/arguments.ts";
import { writeOut } from "../../cli/terminal.ts";
import { say } from "../../cli/terminal.ts";
import { checkRequest, type Request } from "./request.ts";

/** Shows the conversation on standard error, and proposes a dialect on standard output for a person to edit. */
export async function inferDialect(request: Request): Promise<number> {
  if (request.server === undefined)
    throw usage("--learn takes a --server, and a --client if there is one.");
  const { server, client } = await checkRequest(request);
  const answer = request.answer?.replaceAll("\\n", "\n") ?? process.env["FT_ANSWER"];
  // Loaded here only: it takes the suite's own sockets and programs with it.
  const { learnDialect } = await import("../../../conformance/learn/learn.ts");
  const { transcript, proposal } = await learnDialect(server ?? "", client, answer);
  say(`${transcript.split("\n").map(escapeControls).join("\n")}\n`);
  await writeOut(`${proposal.trimEnd()}\n`);
  return 0;
}
