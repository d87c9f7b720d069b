// The help of a program, rendered by citty, with examples at its end.

import { formatPositional, type Program } from "./arguments.ts";

/** Returns the help, with colours only if `useColours` is true. citty is loaded here alone: it takes 4 ms. */
export async function renderHelp(
  { name, description, args, example }: Program,
  useColours: boolean,
): Promise<string> {
  const { renderUsage } = await import("citty");
  const labelled = Object.entries(args).map(([key, arg]) => [
    arg.type === "positional" ? formatPositional(key) : key,
    arg,
  ]);
  const usage = await renderUsage({
    meta: { name, description },
    args: Object.fromEntries(labelled),
  });
  const text = `${usage.trim()}\n\nEXAMPLES\n\n${example}\n`;
  return useColours ? text : Bun.stripANSI(text).replace(/ +$/gm, "");
}
