// What both programs do if their arguments are wrong: they print an error, end, and open no socket.

import type { CaseContext } from "../harness/context.ts";
import { findOutput } from "./evidence.ts";
import { POLL } from "../spec/timeouts.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { findStackTrace } from "../subject/crash.ts";
import { must } from "../spec/verdict.ts";

const ERROR = "an error message, an exit status other than 0, and no open socket";
const HELPFUL = "an error message that names the port or shows the usage, without a stack trace";

/** The program ends by itself, prints something, and listens on no port. */
export async function expectUsageError(
  context: CaseContext,
  program: SubjectProcess,
): Promise<void> {
  const limit = context.timeouts.refuse;
  const end = performance.now() + limit;
  while (!program.exited && performance.now() < end) {
    const { ports } = program;
    must(ports.length === 0, ERROR, `the program listens on port ${ports.join(", ")}`, "subject");
    await program.waitForExit(3 * POLL);
  }
  await program.waitForExit(0);
  const { exited, ending, words } = program;
  must(exited !== undefined, ERROR, `${limit} ms later ${words}`);
  must(exited.signal === null, ERROR, `the program crashed (${ending}); ${words}`, "subject");
  must(exited.code !== 0, ERROR, `${ending}; ${words}`, "subject");
  must(program.output.trim() !== "", ERROR, `${ending}, and no message`, "subject");
}

/** What a runtime says if a program takes the wrong word for a host name. */
const LOOKUP_FAILED =
  /name or service not known|nodename nor servname|name resolution|getaddrinfo|gaierror|unknown ?host|no such host|no address associated|ENOTFOUND|EAI_\w+/i;
/** What a message about a missing argument says, also within a stack trace. */
const EXPLAINS =
  /usage|missing (an? |the )?(argument|port|host|command|file|server)|(port|argument|host|command|name)s?( is| are)? (missing|required|needed)/i;

/** The message says what is missing. Neither a stack trace nor a failed search for a host does. */
export function expectMissingMessage(program: SubjectProcess): void {
  const { output, words } = program;
  const trace = findStackTrace(output);
  const said = trace ? `${output.slice(0, output.indexOf(trace.beginning))}${trace.line}` : output;
  const reason = trace ? `a stack trace: ${trace.line}` : words;
  const isExplained = EXPLAINS.test(said) || !(trace || LOOKUP_FAILED.test(output));
  must(isExplained, "a message that says what is missing", reason, findOutput(program));
}

/** The message helps the user to correct the call. */
export function expectHelpfulMessage(program: SubjectProcess): void {
  const { output, words } = program;
  must(/port|usage/i.test(output), HELPFUL, words, findOutput(program));
  const trace = findStackTrace(output);
  must(trace === undefined, HELPFUL, `a stack trace: ${trace?.line}`, findOutput(program));
}
