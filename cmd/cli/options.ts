// The kinds of arguments that a program describes, for citty's help and for our reader.

import type { ArgDef } from "citty";

/** An option that is given or not. `alias` is its short form: one letter. */
export function flag(description: string, alias?: string): ArgDef {
  return { type: "boolean", description, ...(alias ? { alias } : {}) };
}

/** An option with a value. The help and the messages show `valueHint` in its place. */
export function value(valueHint: string, description: string, alias?: string): ArgDef {
  return { type: "string", valueHint, description, ...(alias ? { alias } : {}) };
}

/** An argument without a name. */
export function positional(description: string, required = true): ArgDef {
  return { type: "positional", description, required };
}

/** The options that every program has. */
export const STANDARD_OPTIONS = {
  version: flag("Print the version"),
  help: flag("Print this help", "h"),
};
