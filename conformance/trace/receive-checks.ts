// Faults in how a program receives: half of what came, more than came, or on and on after the end.

import { sum } from "../net/usage.ts";
import { type Check, found, findFirst, ofTrack, stepsAfter } from "./conclusion.ts";
import { isRead, isWrite, type OpenFile } from "./follow-calls.ts";

/** So many reads that give nothing are no accident. */
const ENDLESS_READS = 5;

const readsOf = ({ steps }: OpenFile) =>
  steps.filter(({ call }) => isRead(call) && (call.result ?? -1) > 0);

/** It took what came first, and did not wait for the rest. */
export const findShortReceive: Check = (story, { sent }) =>
  findFirst(["P", "Q"] as const, (track) => {
    const sockets = ofTrack(story, track);
    const received = sum(sockets.map(({ read }) => read));
    if (received >= sent[track]) return undefined;
    return findFirst(sockets, (socket) => {
      const last = readsOf(socket).at(-1);
      if (!last || socket.hasEnded) return undefined;
      const isWhole = track === "P" && socket.input.includes("\n");
      const goesOn = stepsAfter(socket, last).some(({ call }) => isRead(call));
      const { steps } = story;
      const after = steps.slice(steps.indexOf(last) + 1);
      const isOver = after.some(
        ({ process, call }) => process === last.process && isOwn(call.name),
      );
      if (isWhole || goesOn || !isOver) return undefined;
      const times = readsOf(socket).length;
      return found("short-receive", last, {
        track,
        received: socket.read,
        sent: sent[track],
        times,
      });
    });
  });

/** What a program does by itself. */
const isOwn = (name: string): boolean => !["signal", "killed", "exited"].includes(name);

export const findReadAfterEnd: Check = (story) =>
  findFirst(story.sockets, (socket) => {
    const ends = socket.steps.filter(({ call }) => isRead(call) && call.result === 0);
    const [, second] = ends;
    if (ends.length < ENDLESS_READS || !second) return undefined;
    return found("read-after-end", second, { track: socket.track ?? "P", times: ends.length });
  });

/** A client that writes its whole buffer to the file. */
export const findExcessInFile: Check = (story) => {
  const received = sum(ofTrack(story, "Q").map(({ read }) => read));
  if (story.role !== "client" || received === 0) return undefined;
  return findFirst(story.files, (file) => {
    const last = file.steps.findLast(({ call }) => isWrite(call));
    if (!last || file.written <= received) return undefined;
    return found("excess-in-file", last, { received, written: file.written, size: last.call.size });
  });
};

/** A client that takes the bytes for a string, which ends at the first NUL. */
export const findTextInFile: Check = (story, { isBare }) => {
  const [q] = ofTrack(story, "Q");
  if (story.role !== "client" || !isBare || !q) return undefined;
  const hasNul = q.steps.some(({ call }) => isRead(call) && call.data.includes("\0"));
  if (!hasNul || !q.hasEnded) return undefined;
  return findFirst(story.files, (file) => {
    const last = file.steps.findLast(({ call }) => isWrite(call));
    if (!last || file.written >= q.read) return undefined;
    return found("string-in-file", last, { received: q.read, written: file.written });
  });
};
