// What the client needs of the server's replies: its reasons, and facts that are what they should be.

import { Failure } from "../errors.ts";
import type { Reply } from "../protocol/protocol.ts";
import { sanitizeForDisplay } from "../text.ts";

/** The server's refusal in its own words; 530 is about the login, everything else about the command. */
export function toFailure(reply: Reply): Failure {
  const code = reply.code;
  return new Failure(
    code === 530 ? "login" : "refused",
    sanitizeForDisplay(reply.text),
    code === 554 ? 554 : undefined,
  );
}

export function readNumber(reply: Reply, key: string): number {
  const text = reply.fields.get(key) ?? "";
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new Failure(
    "protocol",
    `The server's ${reply.code} has no number for "${key}": is it a server of this kind?`,
  );
}

export function readVersion(reply: Reply): string {
  const version = reply.fields.get("version") ?? "";
  return /^[\w.-]{1,64}$/.test(version) ? version : "";
}
