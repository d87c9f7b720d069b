// The command -l: prints the names of the files that can be fetched.

import { fetchListing, parseListedFile, parseListing } from "../../lib/client/client.ts";
import type { Failure } from "../../lib/errors.ts";
import { escapeControls, formatJson, isPlain, sanitizeForDisplay } from "../../lib/text.ts";
import { onTerminal, printMessage, printOutput, STDOUT } from "../cli/terminal.ts";
import type { ClientOptions } from "./client-options.ts";
import { formatRetry } from "./get-file.ts";
import { withRetries } from "./retry.ts";

export async function printListing(options: ClientOptions): Promise<void> {
  const { json, long } = options;
  const listing = await getListing(options, long);
  if (long) return printLong(listing, json);
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

async function printLong(listing: string, json: boolean): Promise<void> {
  const files = parseListing(listing).map(parseListedFile);
  if (json) {
    const all = files.map(({ modified, ...file }) => ({
      ...file,
      modified: formatIsoTime(modified),
    }));
    return printOutput(`${formatJson({ ok: true, command: "list", files: all })}\n`);
  }
  const sizes = files.map(({ size }) => String(size ?? "-"));
  const width = sizes.reduce((widest, { length }) => Math.max(widest, length), 0);
  const lines = files.map(
    ({ name, modified }, index) =>
      `${sizes[index]?.padStart(width)}  ${formatLocalTime(modified)}  ${escapeName(name)}\n`,
  );
  await printOutput(lines.join(""));
}

function formatIsoTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** `2026-11-26 22:09:14` in the time zone of this host, as `ls --time-style=long-iso` writes it, with seconds. */
function formatLocalTime(ms: number | undefined): string {
  if (ms === undefined) return "-".padEnd("2026-11-26 22:09:14".length);
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000)
    .toISOString()
    .slice(0, 19)
    .replace("T", " ");
}

export function getListing(
  { connect, retries, quiet }: ClientOptions,
  withFacts = false,
): Promise<string> {
  const onRetry = (error: Failure, seconds: number) => {
    if (!quiet) printMessage(formatRetry("The listing", error, seconds));
    return true;
  };
  return withRetries(() => fetchListing(connect, withFacts), {
    retries,
    signal: connect.signal,
    onRetry,
  });
}

/** On a terminal a name must not look like another one. In a pipe it must be the name that can be asked for. */
function escapeName(name: string): string {
  return onTerminal(STDOUT) ? sanitizeForDisplay(name) : escapeControls(name);
}
