// The help of a program, rendered by citty, with examples at its end.

import type { ArgDef } from "citty";
import { formatPositional, type Program } from "./arguments.ts";

/** Returns the help, with colours only if `useColours` is true. citty is loaded here alone: it takes 4 ms. */
export async function renderHelp(
  { name, description, args, example }: Program,
  useColours: boolean,
): Promise<string> {
  const { renderUsage } = await import("citty");
  const labelled = Object.entries(args).map(([key, arg]) => [
    arg.type === "positional" ? formatPositional(key) : key,
    hideOldName(arg),
  ]);
  const usage = await renderUsage({
    meta: { name, description },
    args: Object.fromEntries(labelled),
  });
  const text = `${usage.trim()}\n\nEXAMPLES\n\n${example}\n`;
  return useColours ? text : Bun.stripANSI(text).replace(/ +$/gm, "");
}

/** An alias of several letters is an old name of the option: it still works, but the help does not show it. */
function hideOldName(arg: ArgDef): ArgDef {
  const { alias = "" } = arg as { alias?: string };
  return alias.length > 1 ? ({ ...arg, alias: [] } as ArgDef) : arg;
}
