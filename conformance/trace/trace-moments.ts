// Turns the calls of a story into lines for the timeline, and leaves out the noise.

import type { Moment } from "../spec/moment.ts";
import { formatFrame } from "../subject/stack-frame.ts";
import { show } from "../net/bytes.ts";
import type { Step, Story } from "./follow-calls.ts";

/** Lines in one timeline: of more, the first and the last half. */
const MOST = 40;
/** Characters of the data in a line. */
const DATA_SHOWN = 40;

const WITH_DATA = new Set([
  "recv",
  "send",
  "read",
  "write",
  "sendmsg",
  "recvmsg",
  "readv",
  "writev",
]);

/** The calls on P, on Q, on the listener and on the files of the case; equal ones that follow each other are one line. */
export function makeMoments({ steps }: Story, toTimeline: (seconds: number) => number): Moment[] {
  const lines: { text: string; at: number; times: number; key: string }[] = [];
  for (const step of steps) {
    const text = isShown(step) ? formatStep(step) : undefined;
    if (text === undefined) continue;
    const { name, descriptor, began, ended } = step.call;
    const key = `${name} ${descriptor} ${formatPlace(step)}`;
    const last = lines.at(-1);
    if (last?.key === key && WITH_DATA.has(name)) last.times++;
    else
      lines.push({ text, at: toTimeline(Number.isFinite(ended) ? ended : began), times: 1, key });
  }
  const left = lines.length - MOST;
  const shown = left > 0 ? [...lines.slice(0, MOST / 2), ...lines.slice(-MOST / 2)] : lines;
  return shown.map(({ text, at, times }): Moment => ({
    ...{ at, track: "subject", actor: "subject", kind: "call" },
    text: times > 1 ? `${text}, and ${times - 1} more of these` : text,
  }));
}

function isShown({ call, open, process }: Step): boolean {
  if (call.name === "killed") return call.text !== "SIGKILL";
  if (call.name === "signal") return call.text === "SIGPIPE";
  if (call.name === "fork") return process.children.length > 0;
  if (call.name === "wait") return (call.result ?? -1) > 0;
  if (call.name === "socket") return false;
  if (["fcntl", "getsockopt", "getsockname", "getpeername"].includes(call.name)) return false;
  if (call.name === "setsockopt") return call.text.includes("SO_REUSEADDR");
  return open !== undefined && open.kind !== "other";
}

function formatStep(step: Step): string {
  const { call, open } = step;
  const { name, descriptor, size, result, error, data, text } = call;
  if (name === "signal" || name === "killed")
    return `${text} ${name === "killed" ? "ends it" : ""}`;
  const value = result === undefined ? "does not return" : `= ${result}`;
  const outcome = error ? `${value} ${error}` : value;
  const to = name === "bind" ? open?.bound : name === "connect" ? open?.peer : undefined;
  const bytes = `${size} byte${size === 1 ? "" : "s"}`;
  const rest = to
    ? `, ${to.address}:${to.port}`
    : WITH_DATA.has(name)
      ? `, ${bytes}`
      : name === "setsockopt"
        ? ", SO_REUSEADDR"
        : "";
  const content =
    WITH_DATA.has(name) && data !== "" ? ` ${show(Buffer.from(data, "latin1"), DATA_SHOWN)}` : "";
  const on = open?.track === "P" || open?.track === "Q" ? ` on ${open.track}` : "";
  const path = name === "open" ? show(data, DATA_SHOWN) : "";
  const first = descriptor === undefined ? path : `${descriptor}`;
  return `${name}(${first}${rest}) ${outcome}${content}${on}${formatPlace(step)}`;
}

function formatPlace({ call: { place } }: Step): string {
  return place ? `, at ${formatFrame(place)}` : "";
}
