// Which names of a listing are fetched. The listing is of the server: its names are checked as those of a user are.

import { Failure } from "../../lib/errors.ts";
import { isPartName } from "../../lib/client/part-lock.ts";
import { quote } from "../../lib/text.ts";
import { assertLocalName, assertSendable } from "./client-options.ts";
import type { FileSelection } from "./file-selection.ts";
import { createMatcher, isPattern } from "./name-pattern.ts";

/** The names that are fetched, one by one: a listing can have a million of them. */
export interface NameQueue {
  readonly count: number;
  readonly names: Iterator<string>;
}

/** True if the names are only known once there is a listing. */
export function needsListing({ names, all }: FileSelection): boolean {
  return all || names.some(isPattern);
}

/**
 * A name that exists is no pattern. A pattern that matches nothing is a name too, as in a shell: the server then says that
 * there is no such file.
 */
export function selectNames({ names, all }: FileSelection, listing: string): NameQueue {
  const wanted = (all ? ["*"] : names.filter(isPattern)).map((pattern) => ({
    pattern,
    matches: createMatcher([pattern]),
    count: 0,
  }));
  const literal = new Set(names.filter((name) => !isPattern(name)));
  const unsure = new Set(names.filter(isPattern));
  for (const name of readLines(listing)) if (unsure.has(name)) literal.add(name);
  const patterns = wanted.filter(({ pattern }) => !literal.has(pattern));
  let count = 0;
  for (const name of readLines(listing)) {
    const found = patterns.filter(({ matches }) => matches(name));
    for (const one of found) one.count++;
    if (found.length > 0 && !literal.has(name)) count++;
  }
  const matched = patterns.filter(({ count }) => count > 0);
  for (const { pattern, count } of patterns) if (count === 0 && !all) literal.add(pattern);
  return { count: count + literal.size, names: listAll(literal, matched, listing) };
}

function* listAll(
  literal: ReadonlySet<string>,
  patterns: readonly { matches: (name: string) => boolean }[],
  listing: string,
): Generator<string, undefined> {
  yield* literal;
  for (const name of readLines(listing))
    if (!literal.has(name) && patterns.some(({ matches }) => matches(name))) yield name;
}

/** Throws a `Failure` of kind `protocol` for a name that a user could not have given, or with which a server could choose what a later resume finds. */
export function assertListedName(name: string): void {
  try {
    assertLocalName(name);
    assertSendable(name);
  } catch {
    throw new Failure("protocol", `The server lists ${quote(name)}, which is not a file name.`);
  }
  if (isPartName(name))
    throw new Failure("protocol", `${quote(name)} is the name of a part file: it is not fetched.`);
}

function* readLines(listing: string): Generator<string> {
  for (let at = 0; at < listing.length;) {
    const lf = listing.indexOf("\n", at);
    const end = lf < 0 ? listing.length : lf;
    if (end > at) yield listing.slice(at, end);
    at = end + 1;
  }
}
