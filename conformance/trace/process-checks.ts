// Faults that show over the life of a program: what it never closes, never waits for, or never does again.

import { type Check, findStop, found, findFirst, ofTrack } from "./conclusion.ts";
import { isRead, isWrite, type OpenFile, type Step, type Story } from "./follow-calls.ts";

/** A connection that was left alone for so long was forgotten, in seconds. */
const FORGOTTEN = 0.4;

/** Connections that are over, and that a process keeps open. */
export const findLeak: Check = (story) => {
  if (story.role === "client") return undefined;
  const stop = findStop(story);
  const before = (step: Step): boolean => step.call.began < stop;
  return findFirst(story.processes, (process) => {
    if (process.end && process.end.began < stop) return undefined;
    const left = process.left.filter((open) => isOver(story, open, process, stop));
    const [first] = left;
    const step = first?.steps.findLast(before);
    if (!first || !step) return undefined;
    const clients = ofTrack(story, "P").length;
    const isParent = first.steps.some((one) => one.process.parent === process);
    const birth = first.steps[0] ?? step;
    const facts = { what: first.track ?? "file", left: left.length, clients };
    return found(isParent ? "parent-leak" : "leak", birth, facts);
  });
};

/** Nothing more can happen on it. */
function isOver(story: Story, open: OpenFile, process: Step["process"], stop: number): boolean {
  const last = open.steps.findLast(({ call }) => call.began < stop);
  if (!last || open.kind === "other" || open.track === "listener") return false;
  if (last.call.ended === Infinity || stop - last.call.ended < FORGOTTEN) return false;
  if (open.hasEnded) return true;
  const user = open.steps.find((step) => step.process.parent === process)?.process;
  if (user) return !open.holders.has(user);
  if (open.kind === "file") return false;
  // Q carries one answer, from the server: it is over if nothing more was sent.
  return open.track === "Q" && story.role === "server" && isWrite(last.call);
}

/** Children that have ended, whose status nobody reads. */
export const findZombie: Check = (story) =>
  findFirst(story.processes, (process) => {
    const ended = process.children.filter(({ end }) => end && end.began < findStop(story));
    if (ended.length === 0 || process.isWaiting || process.ignoresChildren) return undefined;
    const [first] = ended;
    const fork = story.steps.find(({ call }) => call.name === "fork" && call.result === first?.id);
    const goesOn = story.steps.some(
      (step) => step.process === process && step.call.ended > (first?.end?.began ?? Infinity),
    );
    return fork && goesOn ? found("zombie", fork, { children: ended.length }) : undefined;
  });

/** Clients wait, and the program does not accept them. */
export const findMissingAccept: Check = (story, { clients }) => {
  if (story.role === "client") return undefined;
  const accepts = story.steps.filter(({ call }) => call.name === "accept");
  const taken = accepts.filter(({ call }) => (call.result ?? -1) >= 0);
  const last = accepts.at(-1);
  if (!last || taken.length === 0 || taken.length >= clients) return undefined;
  const isWaiting = last.call.result === undefined;
  const [p] = ofTrack(story, "P").slice(-1);
  const free = findStop(story) - FORGOTTEN;
  const isFree = p?.steps.some(({ call }) => call.name === "close" && call.ended < free);
  if (isWaiting || !isFree) return undefined;
  return found("missing-accept", last, { accepted: taken.length, clients });
};

/** It waits for ever where nothing can come. */
export const findBlockedAccept: Check = (story, { sent }) => {
  if (story.role === "server") return undefined;
  const last = story.steps.findLast(({ call }) => call.name === "accept");
  const hasAnswer = sent.P > 0 && ofTrack(story, "P").every(({ read }) => read === 0);
  return last && last.call.result === undefined && hasAnswer
    ? found("blocked-accept", last, { bytes: sent.P })
    : undefined;
};

/** The stream wrote what it had kept when the program ended. */
export const findUnflushed: Check = (story) =>
  findFirst(story.steps, (step) => {
    const { call } = step;
    if (!isWrite(call) || (call.descriptor !== 1 && step.open === undefined)) return undefined;
    const isMore = call.data.trimEnd().includes("\n");
    const isLate = isAtExit(call.frames)
      ? isMore || story.role === "server"
      : call.prints > 1 && isMore;
    return isLate ? found("unflushed", step, { size: call.size }) : undefined;
  });

/** The C library writes from within exit, and the program's own functions are over. */
const isAtExit = (frames: readonly string[]): boolean =>
  frames.some((frame) => /libc[.\w-]*\(exit\+/.test(frame));

/** Q is closed while the other side is still sending: the kernel then drops what it has. */
export const findUnreadClose: Check = (story, { sent }) =>
  findFirst(story.sockets, (socket) => {
    const close = socket.steps.find(({ call }) => call.name === "close");
    const { track } = socket;
    if (!close || socket.hasEnded || (track !== "P" && track !== "Q")) return undefined;
    const reads = socket.steps.filter(({ call }) => isRead(call));
    const isSingle = ofTrack(story, track).length === 1;
    if (!isSingle || reads.length > 0 || sent[track] === 0 || socket.written === 0)
      return undefined;
    return found("unread-close", close, { track, unread: sent[track] });
  });

/** A descriptor that is closed already, or the -1 of a call that has failed. */
export const findBadDescriptor: Check = (story) =>
  findFirst(story.steps, (step) => {
    const { call } = step;
    const { descriptor = 0, error, name } = call;
    if (error !== "EBADF" || name === "fcntl") return undefined;
    const before = story.steps.slice(0, story.steps.indexOf(step));
    const isClosed = before.some(
      (one) =>
        one.process === step.process &&
        one.call.name === "close" &&
        one.call.descriptor === descriptor,
    );
    if (descriptor >= 0 && !isClosed) return undefined;
    return found(isClosed ? "closed-descriptor" : "failed-descriptor", step, {
      call: name,
      descriptor,
    });
  });
