// The grammar of P in the native dialect: parses and formats requests and replies.

import { Failure, replyFailure } from "../errors.ts";
import { LOWEST_DATA_PORT, parsePort } from "./port.ts";
import { escapeControls, hasControls, shorten } from "../text.ts";

/** The longest line on P in bytes, including its end (N6.2, N7.1): enough for every file name of POSIX, and a limit for a flood. */
export const MAX_LINE = 4096;

/** One line from the client (N6.4). `offset` is in bytes. */
export type Request =
  | { readonly kind: "user"; readonly name: string }
  | { readonly kind: "pass"; readonly password: string }
  | { readonly kind: "rest"; readonly offset: number }
  | { readonly kind: "hash" }
  | { readonly kind: "facts" }
  | { readonly kind: "passive" }
  | { readonly kind: "list"; readonly dataPort: number }
  | { readonly kind: "get"; readonly name: string; readonly dataPort: number };

/** A request that follows the options and makes the server open Q. */
export type Command = Extract<Request, { dataPort: number }>;

/** One line from the server (N7.1). */
export interface Reply {
  readonly code: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly text: string;
}

/** The fields of a reply to be sent. */
export type ReplyFields = Readonly<Record<string, string | number>>;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a request line, without its end. Throws a `Failure` with code 500 or 501 (N6.7, N6.8, N7.8). */
export function parseRequest(line: Uint8Array): Request {
  const text = decode(line);
  const space = text.indexOf(" ");
  const word = space < 0 ? text : text.slice(0, space);
  const rest = space < 0 ? "" : text.slice(space + 1);
  switch (word) {
    case "-l":
      return { kind: "list", dataPort: parseDataPort(rest) };
    case "-g":
      return parseGet(rest);
    case "USER":
      return { kind: "user", name: requireText(rest, "USER takes a NAME.") };
    case "PASS":
      return { kind: "pass", password: requireText(rest, "PASS takes a PASSWORD.") };
    case "REST":
      return { kind: "rest", offset: parseOffset(rest) };
    case "HASH":
      if (rest !== "") throw replyFailure(501, "HASH takes no argument.");
      return { kind: "hash" };
    case "FACTS":
      if (rest !== "") throw replyFailure(501, "FACTS takes no argument.");
      return { kind: "facts" };
    case "PASV":
      if (rest !== "") throw replyFailure(501, "PASV takes no argument.");
      return { kind: "passive" };
    default:
      throw replyFailure(500, `No such command: ${quote(word)}. ${USAGE}`);
  }
}

const USAGE = "Send -l DATA_PORT or -g FILENAME DATA_PORT.";

/** The line of a request, including its LF. Throws a `Failure` of kind `usage` if a name cannot be sent in a line. */
export function formatRequest(request: Request): string {
  const line = formatLine(request);
  if (hasControls(line)) {
    throw new Failure("usage", `A name with a control character cannot be sent: ${quote(line)}.`);
  }
  if (Buffer.byteLength(line) >= MAX_LINE) {
    throw new Failure(
      "usage",
      `The request is longer than the ${MAX_LINE} bytes that a line may have.`,
    );
  }
  return `${line}\n`;
}

function formatLine(request: Request): string {
  switch (request.kind) {
    case "user":
      return `USER ${request.name}`;
    case "pass":
      return `PASS ${request.password}`;
    case "rest":
      return `REST ${request.offset}`;
    case "hash":
      return "HASH";
    case "passive":
      return "PASV";
    case "facts":
      return "FACTS";
    case "list":
      return `-l ${request.dataPort}`;
    case "get":
      return `-g ${request.name} ${request.dataPort}`;
  }
}

/** Reads a reply line, without its end. Throws a `Failure` of kind `protocol` if it is not a reply. */
export function parseReply(line: Uint8Array): Reply {
  const excerpt = escapeControls(Buffer.from(line.subarray(0, 200)).toString());
  const match = /^([1-5][0-9]{2}) (.+)$/s.exec(Buffer.from(line).toString());
  if (!match?.[1] || !match[2]) {
    throw new Failure(
      "protocol",
      `The server's answer is not a reply of this protocol: "${excerpt}".`,
    );
  }
  const fields = new Map<string, string>();
  let text = match[2];
  for (let field; (field = /^([A-Za-z][A-Za-z0-9-]*)=([^ ]*) (?=.)/s.exec(text));) {
    fields.set(field[1] ?? "", field[2] ?? "");
    text = text.slice(field[0].length);
  }
  return { code: Number(match[1]), fields, text };
}

/** The line of a reply, including its LF. Control characters are escaped, and the text is cut to fit (N7.1). */
export function formatReply(code: number, text: string, fields: ReplyFields = {}): string {
  const head = [code, ...Object.entries(fields).map(([key, value]) => `${key}=${value}`)].join(" ");
  return `${head} ${shorten(escapeControls(text), MAX_LINE - head.length - 2)}\n`;
}

function decode(line: Uint8Array): string {
  let text;
  try {
    text = UTF8.decode(line);
  } catch {
    throw replyFailure(501, "The line is not valid UTF-8.");
  }
  if (hasControls(text)) throw replyFailure(501, "The line has a control character.");
  return text;
}

function parseGet(rest: string): Request {
  const space = rest.lastIndexOf(" ");
  if (space < 0) throw replyFailure(501, "-g takes a FILENAME and a DATA_PORT.");
  return {
    kind: "get",
    name: rest.slice(0, space),
    dataPort: parseDataPort(rest.slice(space + 1)),
  };
}

function parseDataPort(text: string): number {
  const result = parsePort(text, LOWEST_DATA_PORT);
  if ("why" in result) throw replyFailure(501, `DATA_PORT ${result.why}.`);
  return result.port;
}

function parseOffset(text: string): number {
  const offset = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(offset)) return offset;
  throw replyFailure(501, "REST takes an offset in bytes, in decimal digits.");
}

function requireText(text: string, sentence: string): string {
  if (text === "") throw replyFailure(501, sentence);
  return text;
}

function quote(text: string): string {
  return `"${shorten(escapeControls(text), 100)}"`;
}
