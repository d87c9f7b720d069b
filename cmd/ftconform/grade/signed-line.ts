// A line of a pipe with a signature: a submission may be able to write to the pipe, but it does not know the key.

import { createHmac, timingSafeEqual } from "node:crypto";

/** A key for one run. It goes through a pipe that is read before the submission starts. */
export const makeKey = (): string => crypto.randomUUID() + crypto.randomUUID();

const sign = (text: string, key: string): string =>
  createHmac("sha256", key).update(text).digest("hex");

const LENGTH = sign("", "").length;

export const signLine = (text: string, key: string): string => sign(text, key) + text;

/** The text of a line; undefined if somebody else wrote the line. */
export function verifyLine(line: string, key: string): string | undefined {
  const [signature, text] = [line.slice(0, LENGTH), line.slice(LENGTH)];
  const expected = Buffer.from(sign(text, key));
  const given = Buffer.from(signature);
  return given.length === LENGTH && timingSafeEqual(given, expected) ? text : undefined;
}
