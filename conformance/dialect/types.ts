// A dialect: what one program says on the wire, as data, so that the same rules can judge any.

import type { PortRange } from "../net/ports.ts";

export type { Fill } from "./encode.ts";
export type Side = "P" | "Q";

/** What the server says; a failure may come in its place. */
export interface Say {
  /** The text as a template; where there is no `expect`, it is recognised by this as well. */
  say?: string;
  /** A regular expression over bytes; its named groups become values. */
  expect?: string;
  on?: Side;
  missing?: string;
  invalid?: string;
  login?: string;
  /** False where a client wants it in the end, and the suite, as the client, leaves without it. */
  awaited?: boolean;
}

/** One step of a conversation, from the client's side. */
export type Step =
  | { send: string; on?: Side }
  | { q: "accept" | "connect"; port?: string }
  | { sleep: number }
  | { close: "P" }
  | Say;

/** How what is asked for travels, and how its end is told. */
export interface Data {
  on: Side;
  frame: "close" | "sentinel" | "length" | "pieces" | "silence";
  /** The marker that ends it. */
  end?: string;
  /** A length in front of it: u32be, dec … */
  prefix?: string;
  /** The length, where a step has told it. */
  size?: string;
  /** One piece, with {data} in it; the first may be another. */
  piece?: string;
  first?: string;
  /** What the client answers to each piece. */
  ack?: string;
  /** How the suite cuts it when it plays the server. */
  of?: "name" | "line";
  max?: number;
  /** How many pieces there are, where nothing ends them. */
  count?: number;
  /** How long silence lasts before it is the end, and how long the suite pauses between pieces. */
  ms?: number;
  gap?: number;
  /** Taken out before anybody compares; or the only part that counts. */
  remove?: string[];
  extract?: string;
}

export interface Conversation {
  steps: Step[];
  data?: Data;
  /** Steps once the payload has come. */
  after?: Step[];
}

export type CommandKind = "list" | "get" | "invalid" | "nameless";
export const COMMAND_KINDS: readonly CommandKind[] = ["list", "get", "invalid", "nameless"];

/** How the text of a failure is known, and how the suite words it when it plays the server. */
export interface ErrorText {
  on: Side | "none";
  match?: string;
  say: string;
  /** Whether Q is open by then. */
  q: boolean;
  /** What the client still has to say. */
  after?: Step[];
}

/** What the program cannot do, so that a rule about it is not applicable. */
export interface Abilities {
  textOnly?: boolean;
  maxFile?: number;
  oneClient?: boolean;
  serverPorts?: PortRange;
  dataPorts?: PortRange;
  /** The data port is the server's and so many more. */
  dataOffset?: number;
}

export interface ListingFormat {
  separator: string;
  head?: string;
  item?: string;
  tail?: string;
}

/** How a client is told what to do, where it is not by -l, -g and nothing else. */
export interface Handling {
  words?: Partial<Record<CommandKind, string>>;
  stdin?: Partial<Record<CommandKind, string>>;
  /** What keeps a file that is there already, where the client asks and `n` would not. */
  answer?: string;
}

export interface Dialect {
  name: string;
  about: string;
  values?: Record<string, string>;
  options?: { heard: string; say: string }[];
  errors: { missing: ErrorText; invalid: ErrorText };
  listing: ListingFormat;
  abilities?: Abilities;
  client?: Handling;
  list: Conversation;
  get: Conversation;
  invalid: Conversation;
  nameless?: Conversation;
}

/** Who opens Q. */
export function dataOpener({ steps }: Conversation): "server" | "client" | "nobody" {
  const step = steps.find((each) => "q" in each);
  if (!step) return "nobody";
  return step.q === "connect" ? "client" : "server";
}

/** A listing of these names, as the server would send it; for pieces by name, one a line. */
export function formatListing({ list, listing }: Dialect, names: readonly string[]): Buffer {
  if (list.data?.of === "name") return Buffer.from(names.join("\n"));
  const { separator, head = "", item = "{name}", tail } = listing;
  const items = names.map((name) => item.replace("{name}", () => name));
  if (tail === undefined) return Buffer.from(head + items.map((each) => each + separator).join(""));
  return Buffer.from(head + items.join(separator) + tail);
}
