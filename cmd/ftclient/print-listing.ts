// The command -l: prints the names of the files that can be fetched.

import { fetchListing, parseListing } from "../../lib/client/client.ts";
import type { Failure } from "../../lib/errors.ts";
import { escapeControls, formatJson, isPlain, sanitizeForDisplay } from "../../lib/text.ts";
import { onTerminal, printMessage, printOutput, STDOUT } from "../cli/terminal.ts";
import type { ClientOptions } from "./client-options.ts";
import { formatRetry } from "./get-file.ts";
import { withRetries } from "./retry.ts";

export async function printListing(options: ClientOptions): Promise<void> {
  const { json } = options;
  const listing = await getListing(options);
  const files = () => parseListing(listing);
  if (json) await printOutput(`${formatJson({ ok: true, command: "list", files: files() })}\n`);
  else if (isPlain(listing)) await printOutput(listing);
  else
    await printOutput(
      files()
        .map((name) => `${escapeName(name)}\n`)
        .join(""),
    );
}

export function getListing({ connect, retries, quiet }: ClientOptions): Promise<string> {
  const onRetry = (error: Failure, seconds: number) => {
    if (!quiet) printMessage(formatRetry("The listing", error, seconds));
    return true;
  };
  return withRetries(() => fetchListing(connect), { retries, signal: connect.signal, onRetry });
}

/** On a terminal a name must not look like another one. In a pipe it must be the name that can be asked for. */
function escapeName(name: string): string {
  return onTerminal(STDOUT) ? sanitizeForDisplay(name) : escapeControls(name);
}
