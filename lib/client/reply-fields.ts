// Checks what the client needs of a reply: the reason of a refusal, and the fields of `150` and `226`.

import { Failure, FAILURE_CODES, type FailureCode } from "../errors.ts";
import type { Reply } from "../protocol/protocol.ts";
import { sanitizeForDisplay } from "../text.ts";
import { NoDataConnection } from "./data-mode.ts";

const FIREWALL_ADVICE =
  "Most likely a firewall or NAT is in the way: leave out --active, or give a DATA_PORT and let the server's connections to it in.";

/** The server's refusal in its own words. 530 is about the login, every other code about the command. */
export function toFailure(reply: Reply): Failure {
  const kind = reply.code === 530 ? "login" : "refused";
  return new Failure(kind, sanitizeForDisplay(reply.text), findFailureCode(reply));
}

/** The code of a reply that tells of a failure; undefined if the protocol has no such code. */
export function findFailureCode({ code }: Reply): FailureCode | undefined {
  return FAILURE_CODES.find((one) => one === code);
}

/** The refusal of a server that could not open Q to `port`. If it is on another host, the user can do something about that. */
export function toDialFailure(reply: Reply, port: number, isRemote: boolean): NoDataConnection {
  const { kind, message, code } = toFailure(reply);
  const words = `The server could not connect back to you: ${message}`;
  return new NoDataConnection(kind, words, isRemote ? FIREWALL_ADVICE : "", port, code);
}

/** Throws a `Failure` of kind `protocol` if the field is missing, or not a number that a file can have. */
export function readNumber(reply: Reply, key: string): number {
  const text = reply.fields.get(key) ?? "";
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  const sentence = `The server's ${reply.code} has no number for "${key}". Is it an ftserver?`;
  throw new Failure("protocol", sentence);
}

/** Empty if there is no version, or one that cannot be kept: then the transfer cannot be resumed. */
export function readVersion(reply: Reply): string {
  const version = reply.fields.get("version") ?? "";
  return /^[\w.-]{1,64}$/.test(version) ? version : "";
}
