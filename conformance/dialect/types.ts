// A dialect, as a data structure: what a program says on the wire, with every template compiled.

import type { PortRange } from "../net/ports.ts";
import type { IntegerFormat } from "./integer.ts";
import type { Template } from "./template.ts";

export type Side = "P" | "Q";

/** The client sends a text in one send(). */
export interface SendStep {
  send: Template;
  on?: Side;
}

/** Someone opens Q. */
export interface OpenStep {
  q: "accept" | "connect";
  port?: Template;
}

/** The server sends a text; an error text may come in its place. */
export interface ReplyStep {
  say: Template;
  /** Recognises the text instead of `say`; its named groups become values. */
  expect?: RegExp;
  on?: Side;
  missing?: Template;
  invalid?: Template;
  login?: Template;
  /** False if clients wait for the text, but the suite as the client leaves without it. */
  awaited?: boolean;
}

/** One step of a conversation, seen from the client. */
export type Step = SendStep | OpenStep | ReplyStep | { sleep: number } | { close: "P" };

/** How the payload is framed, and what marks its end. */
export interface Data {
  on: Side;
  frame: "close" | "sentinel" | "length" | "pieces" | "silence";
  /** The marker that ends it. */
  end?: Template;
  /** The length in front of it. */
  prefix?: IntegerFormat;
  /** The length, if an earlier step has told it. */
  size?: Template;
  /** One piece, with {data} in it; the first piece may look different. */
  piece?: Template;
  first?: Template;
  /** What the client answers to each piece. */
  ack?: Template;
  /** Where the suite cuts it when it plays the server. */
  of?: "name" | "line";
  /** The most bytes of a piece. */
  max?: number;
  /** The number of pieces, if no marker ends them. */
  count?: number;
  /** Milliseconds of silence that end it. */
  ms?: number;
  /** Milliseconds that the suite waits between two pieces. */
  gap?: number;
  /** What is removed before the payload is compared. */
  remove?: RegExp[];
  /** The only text that counts. */
  extract?: RegExp;
}

export interface Conversation {
  steps: Step[];
  data?: Data;
  /** The steps after the payload. */
  after?: Step[];
}

export type CommandKind = "list" | "get" | "invalid" | "nameless";
export const COMMAND_KINDS: readonly CommandKind[] = ["list", "get", "invalid", "nameless"];

export type ErrorKind = "missing" | "invalid";

/** How an error text is recognised, and what the suite says when it plays the server. */
export interface ErrorText {
  on: Side | "none";
  match?: RegExp;
  say: Template;
  /** Whether Q is open by then. */
  q: boolean;
  /** The steps after the text. */
  after?: Step[];
}

/** What the program cannot do; a rule about it is not applicable. */
export interface Abilities {
  textOnly?: boolean;
  maxFile?: number;
  oneClient?: boolean;
  serverPorts?: PortRange;
  dataPorts?: PortRange;
  /** The data port is the server's port plus this number. */
  dataOffset?: number;
}

export interface ListingFormat {
  separator: string;
  head?: string;
  item?: string;
  tail?: string;
}

/** How a client gets its command, if that is not -l or -g on its command line. */
export interface ClientInput {
  words?: Partial<Record<CommandKind, string>>;
  stdin?: Partial<Record<CommandKind, string>>;
  /** The answer that keeps an existing file, if it is not `n`. */
  answer?: string;
}

export interface Dialect {
  name: string;
  about: string;
  values?: Record<string, string>;
  /** Lines that a client may send before its command, and the server's answers. */
  options?: { heard: Template; say: Template }[];
  errors: Record<ErrorKind, ErrorText>;
  listing: ListingFormat;
  abilities?: Abilities;
  client?: ClientInput;
  list: Conversation;
  get: Conversation;
  invalid: Conversation;
  nameless?: Conversation;
  /** Conversations that were inferred and could not be proved, each with why: nothing that rests on them is judged. */
  unproven?: Partial<Record<CommandKind, string>>;
}
