// The command -l: prints the names of the files that can be fetched.

import { fetchListing, parseListing } from "../../lib/client/client.ts";
import { escapeControls, formatJson, isPlain, sanitizeForDisplay } from "../../lib/text.ts";
import { onTerminal, STDOUT, printOutput } from "../cli/terminal.ts";
import type { ClientOptions } from "./client-options.ts";

export async function printListing({ connect, json }: ClientOptions): Promise<void> {
  const listing = await fetchListing(connect);
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

/** On a terminal a name must not look like another one. In a pipe it must be the name that can be asked for. */
function escapeName(name: string): string {
  return onTerminal(STDOUT) ? sanitizeForDisplay(name) : escapeControls(name);
}
