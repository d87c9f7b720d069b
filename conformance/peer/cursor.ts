// What has been understood of one connection, and what of it nothing explains.

import { show } from "../net/bytes.ts";
import type { Connection } from "../net/connection.ts";
import { find, openEnded } from "../dialect/decode.ts";
import type { Say } from "../dialect/types.ts";
import type { Fill } from "../dialect/encode.ts";

export interface Match {
  at: number;
  end: number;
  values: Record<string, string>;
}

export class Cursor {
  /** How many bytes have been understood. */
  understood = 0;
  /** What stood before something that was understood. */
  readonly strange: string[] = [];

  constructor(readonly channel: Connection) {}

  /** What is still to be understood, a byte a character. */
  get rest(): string {
    return this.channel.bytes.toString("latin1", this.understood);
  }

  /** Takes what was found, and keeps what it leaves unexplained. */
  take({ at, end }: Match): void {
    const skipped = this.rest.slice(0, at);
    if (skipped !== "") this.strange.push(`${show(skipped)} on ${this.channel.name}`);
    this.understood += end;
  }
}

/** Finds in a text what a step says that the server says. */
export function findText({ expect, say = "" }: Say, text: string, values: Fill): Match | undefined {
  return expect === undefined ? find(say, text, values) : matchText(expect, text);
}

/** A regular expression over bytes; the spelling of Python for a named group is taken too. */
export function matchText(pattern: string, text: string): Match | undefined {
  const found = expression(pattern).exec(text);
  if (!found) return undefined;
  const values = Object.entries(found.groups ?? {}).map(([name, value = ""]) => [name, value]);
  return {
    at: found.index,
    end: found.index + found[0].length,
    values: Object.fromEntries(values) as Record<string, string>,
  };
}

const expression = (pattern: string): RegExp => new RegExp(pattern.replaceAll("(?P<", "(?<"), "m");

/** Whether more bytes could lengthen the match, so that it is worth a moment of waiting. */
export function mayGrow({ expect, say = "" }: Say, values: Fill): boolean {
  return expect === undefined ? openEnded(say, values) : /[+*]\)?$/.test(expect);
}
