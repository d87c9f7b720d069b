// Draws the conclusions of all checks, the most telling first, and says each as a sentence.

import { formatFrame } from "../subject/stack-frame.ts";
import {
  findIgnoredBind,
  findLateListen,
  findMissingListen,
  findMissingReuse,
  findOtherDataPort,
  findOtherPeer,
  findOtherPort,
  findSwappedPort,
} from "./address-checks.ts";
import type { Check, Conclusion, Evidence, Found } from "./conclusion.ts";
import type { Story } from "./follow-calls.ts";
import {
  findBadDescriptor,
  findBlockedAccept,
  findLeak,
  findMissingAccept,
  findUnflushed,
  findUnreadClose,
  findZombie,
} from "./process-checks.ts";
import {
  findExcessInFile,
  findReadAfterEnd,
  findShortReceive,
  findTextInFile,
} from "./receive-checks.ts";
import {
  findExcessOnQ,
  findLostRest,
  findSigpipe,
  findTextOnQ,
  findWholeBuffer,
} from "./send-checks.ts";

/** The most telling first: what ends a program or loses bytes, then what is only bad manners. */
const CHECKS: readonly Check[] = [
  findSigpipe,
  findSwappedPort,
  findMissingListen,
  findIgnoredBind,
  findOtherPort,
  findOtherDataPort,
  findOtherPeer,
  findShortReceive,
  findLostRest,
  findTextOnQ,
  findExcessOnQ,
  findTextInFile,
  findExcessInFile,
  findWholeBuffer,
  findReadAfterEnd,
  findBadDescriptor,
  findLateListen,
  findBlockedAccept,
  findMissingAccept,
  findUnreadClose,
  findLeak,
  findZombie,
  findUnflushed,
  findMissingReuse,
];

/** Each sentence says what the program did (`at` is the place), and what to do. */
const SENTENCES: Record<string, (facts: Record<string, number | string>, at: string) => string> = {
  sigpipe: ({ track }, at) =>
    `your program wrote to ${track} after the other side had closed it${at}, and SIGPIPE ended it. Call signal(SIGPIPE, SIG_IGN) once, and look at the result of each send`,
  "swapped-port": ({ call, port, meant }, at) =>
    `${call} got port ${port}${at}, which is ${meant} with its two bytes swapped. Use htons(${meant})`,
  "missing-listen": (_, at) =>
    `accept was called${at} on a socket for which listen was never called. Call listen after bind`,
  "ignored-bind": ({ error }, at) =>
    `bind failed with ${error}${at}, and your program went on with another port that nobody knows. Look at the result of bind, print the error and exit`,
  "other-port": ({ port }, at) =>
    `your program listens on port ${port}${at}, which its command line does not name. Listen on the port of the command line`,
  "other-data-port": ({ port, named }, at) =>
    `connect went to port ${port}${at}, where the client does not listen. The request names ${named}: use the data port from the request`,
  "other-peer": ({ address, client }, at) =>
    `connect went to ${address}${at}, but the client is at ${client}. Use the address that accept or getpeername gives`,
  "short-receive": ({ track, received, sent, times }, at) =>
    `your program received ${received} of ${sent} bytes on ${track}${at} with ${times === 1 ? "one call" : `${times} calls`}, and did not receive the rest. TCP may deliver any number of bytes: repeat recv until the message is whole`,
  "lost-rest": ({ track, size, taken }, at) =>
    `send was given ${size} bytes for ${track}${at} and took ${taken}, and the rest was not sent. Repeat send with the rest until all is sent`,
  "string-on-q": ({ read, written }, at) =>
    `your program read ${read} bytes from the file and sent ${written}${at}. A file may hold NUL bytes, where strlen stops: send as many bytes as read returned`,
  "excess-on-q": ({ read, written }, at) =>
    `your program read ${read} bytes from the file and sent ${written}${at}: old bytes of the buffer went with them. Send as many bytes as read returned, not the size of the buffer`,
  "string-in-file": ({ received, written }, at) =>
    `your program received ${received} bytes on Q and wrote ${written} to the file${at}. The data may hold NUL bytes, where strlen, fputs and "%s" stop: write as many bytes as recv returned`,
  "excess-in-file": ({ received, written }, at) =>
    `your program received ${received} bytes on Q and wrote ${written} to the file${at}: old bytes of the buffer went with them. Write as many bytes as recv returned, not the size of the buffer`,
  "whole-buffer": ({ track, size, length }, at) =>
    `your program sent ${size} bytes on ${track}${at}, but the text in its buffer has ${length}: the rest of the buffer went with it. Use strlen(text), not sizeof`,
  "sent-terminator": ({ track, length }, at) =>
    `your program sent the NUL byte that ends a string in C on ${track}${at}, after the ${length} bytes of the text. Send strlen(text) bytes, without + 1`,
  "read-after-end": ({ track, times }, at) =>
    `recv returned 0 on ${track} ${times} times${at}: the other side had closed it, and your program read on. Treat 0 as the end, and leave the loop`,
  "closed-descriptor": ({ call, descriptor }, at) =>
    `${call} was called for descriptor ${descriptor}${at}, which your program had closed before. Close it once, after its last use`,
  "failed-descriptor": ({ call }, at) =>
    `${call} was called for descriptor -1${at}: an earlier call had failed. Look at the result of socket, accept, connect and open before you use it`,
  "late-listen": ({ listens }, at) =>
    listens
      ? `your program called listen for Q${at} after it had sent its command. A fast server connects before that and is refused. Listen on the data port first, then send the command`
      : `your program sent its command${at} and never called listen for Q. Listen on the data port before you send the command`,
  "blocked-accept": ({ bytes }, at) =>
    `your program waits in accept for Q${at}, but the server has sent ${bytes} bytes on P, which nobody reads: that is the error message. Wait for both with select or poll`,
  "missing-accept": ({ accepted, clients }, at) =>
    `accept was called ${accepted === 1 ? "once" : `${accepted} times`}${at}, and ${clients} clients connected. Put accept in a loop that goes on after each client`,
  "unread-close": ({ track, unread }, at) =>
    `your program closed ${track}${at} with ${unread} bytes that it had not read. The kernel then resets the connection, and the other side can lose what you sent: read all before you close`,
  leak: ({ what, left, clients }, at) =>
    `${nameOf(what, left)} never closed (it was opened${at}), after ${countOf(clients, "client")}. After ten times as many there are ten times as many open: call close when you are done with it`,
  "parent-leak": ({ left, clients }, at) =>
    `the parent process never closes the connection that its child serves: ${left} of ${countOf(clients, "client")} stayed open in it (accepted${at}). Call close in the parent after fork`,
  zombie: ({ children }, at) =>
    `${countOf(children, "child process", "child processes")} ended, and the parent never called wait${at}: they stay as zombies. Call waitpid with WNOHANG in a loop, or signal(SIGCHLD, SIG_IGN)`,
  unflushed: ({ size }, at) =>
    `${size} bytes that your program had printed were written only when it ended${at}. Flush after printing: fflush(stdout), or flush=True in Python`,
  "missing-reuse": ({ port }, at) =>
    `bind was called for port ${port}${at} without SO_REUSEADDR, so that the server cannot start again for a minute after it has ended. Call setsockopt with SO_REUSEADDR before bind`,
};

const countOf = (count: unknown, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

const nameOf = (what: unknown, left: unknown): string =>
  what === "file" ? `${countOf(left, "file")} ${left === 1 ? "is" : "are"}` : `${what} is`;

/** At most so many: the first ones are enough to begin with. */
const MOST = 4;

export function drawConclusions(story: Story, evidence: Evidence): Conclusion[] {
  const all = CHECKS.flatMap((check) => check(story, evidence) ?? []);
  return all.slice(0, MOST).map(conclude);
}

function conclude({ kind, call: { place }, facts }: Found): Conclusion {
  const at = place ? ` (${formatFrame(place)})` : "";
  const text = SENTENCES[kind]?.(facts, at) ?? kind;
  return { kind, facts, ...(place && { place }), text };
}
