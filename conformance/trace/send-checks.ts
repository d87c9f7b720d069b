// Faults in how a program sends: less than it was given, more than it has, or to a connection that is gone.

import { sum } from "../net/usage.ts";
import {
  type Check,
  findStop,
  found,
  type Found,
  findFirst,
  ofTrack,
  stepsAfter,
} from "./conclusion.ts";
import { isRead, isWrite, type OpenFile, type Step, type Story } from "./follow-calls.ts";

const sendsOf = ({ steps }: OpenFile): Step[] => steps.filter(({ call }) => isWrite(call));

const readFromFiles = ({ files }: Story): number => sum(files.map(({ read }) => read));
const writtenToQ = (story: Story): number => sum(ofTrack(story, "Q").map(({ written }) => written));

/** A send that took a part only, and the rest was not sent. */
export const findLostRest: Check = (story) =>
  findFirst(story.sockets, (socket) => {
    const sends = sendsOf(socket);
    const isLost = readFromFiles(story) > writtenToQ(story);
    const stop = findStop(story);
    return findFirst(sends, (step) => {
      const { size, result = size, error } = step.call;
      const taken = error === "EAGAIN" ? 0 : result;
      if (taken < 0 || taken >= size || step.call.ended >= stop) return undefined;
      const [next] = stepsAfter(socket, step).filter(({ call }) => isWrite(call));
      if (next?.call.error !== undefined && next.call.error !== "EAGAIN") return undefined;
      const rest = size - taken;
      const isSent = next ? next.call.size === rest || !isLost : isStillBusy(story, step, stop);
      if (isSent) return undefined;
      return found("lost-rest", step, { track: socket.track ?? "P", size, taken });
    });
  });

/** Whether the program did nothing after this: it may have been ended before it went on. */
const isStillBusy = ({ steps }: Story, step: Step, stop: number): boolean =>
  !steps
    .slice(steps.indexOf(step) + 1)
    .some(
      ({ process, open, call }) =>
        process === step.process && open !== undefined && call.ended < stop,
    );

/** A text, then NUL, and what stood in the buffer before. */
const TEXT_AND_NUL = /^[\t\r\n\x20-\x7e]{2,}?\0/;

/** A buffer that is sent as a whole, in place of the text in it. */
export const findWholeBuffer: Check = (story, { isBare }) => {
  if (!isBare) return undefined;
  const isText = (socket: OpenFile): boolean =>
    socket.track === "P" || (socket.track === "Q" && readFromFiles(story) === 0);
  return findFirst(story.sockets.filter(isText), (socket) =>
    findFirst(sendsOf(socket), (step) => {
      const { data, size } = step.call;
      const text = TEXT_AND_NUL.exec(data)?.[0];
      if (text === undefined) return undefined;
      const length = text.length - 1;
      const isTerminator = size === length + 1;
      return found(isTerminator ? "sent-terminator" : "whole-buffer", step, {
        ...{ track: socket.track ?? "P", size, length },
      });
    }),
  );
};

/** A server that sends more than it has read from the file. */
export const findExcessOnQ: Check = (story, { isBare }) => {
  const [read, written] = [readFromFiles(story), writtenToQ(story)];
  const last = ofTrack(story, "Q").flatMap(sendsOf).at(-1);
  if (story.role !== "server" || !isBare || read === 0 || written <= read || !last)
    return undefined;
  return found("excess-on-q", last, { read, written, size: last.call.size });
};

/** A server that has read the whole file and sends less, without an error: it took the bytes for a string. */
export const findTextOnQ: Check = (story, { isBare }) => {
  const [q, ...others] = ofTrack(story, "Q");
  const [file] = story.files.filter(({ read }) => read > 0);
  if (story.role !== "server" || !isBare || !q || others.length > 0 || !file) return undefined;
  const hasNul = file.steps.some(({ call }) => isRead(call) && call.data.includes("\0"));
  const last = sendsOf(q).at(-1) ?? file.steps.findLast(({ call }) => isRead(call));
  const isClosed = q.holders.size === 0;
  if (!last || !hasNul || !file.hasEnded || !isClosed || q.hasEnded) return undefined;
  if (q.written >= file.read || findShort(q)) return undefined;
  return found("string-on-q", last, { read: file.read, written: q.written });
};

const findShort = (socket: OpenFile): boolean =>
  sendsOf(socket).some(({ call }) => (call.result ?? call.size) < call.size);

export const findSigpipe: Check = (story) => findFirst(story.processes, findPipeSignal(story));

const findPipeSignal =
  ({ steps }: Story) =>
  (process: Step["process"]): Found | undefined => {
    if (process.end?.name !== "killed" || process.end.text !== "SIGPIPE") return undefined;
    const last = steps.findLast((step) => step.process === process && isWrite(step.call));
    return last && found("sigpipe", last, { track: last.open?.track ?? "P" });
  };
