// Faults in how a program opens its sockets: addresses, ports and the order of its calls.

import { type Check, found, findFirst, ofTrack } from "./conclusion.ts";
import { isWrite, type OpenFile, type Step } from "./follow-calls.ts";

const swap = (port: number): number => ((port & 0xff) << 8) | (port >> 8);

const NUMBER = /\b\d{2,5}\b/g;

const numbersIn = (text: string): number[] => [...text.matchAll(NUMBER)].map(Number);

const callsOf = ({ steps }: OpenFile, name: string): Step[] =>
  steps.filter(({ call }) => call.name === name);

/** The bytes of a port in the order of the machine, and not in that of the network. */
export const findSwappedPort: Check = (story, { numbers }) => {
  const known = new Set([
    ...numbers,
    ...ofTrack(story, "P").flatMap(({ input }) => numbersIn(input)),
  ]);
  return findFirst(story.sockets, (socket) =>
    findFirst([...callsOf(socket, "bind"), ...callsOf(socket, "connect")], (step) => {
      const { name } = step.call;
      const port = (name === "bind" ? socket.bound : socket.peer)?.port ?? 0;
      if (port === 0 || known.has(port) || !known.has(swap(port))) return undefined;
      return found("swapped-port", step, { call: name, port, meant: swap(port) });
    }),
  );
};

/** A listener on a port that the command line does not name. */
export const findOtherPort: Check = (story, { numbers }) =>
  findFirst(story.sockets, (socket) => {
    const [step] = callsOf(socket, "listen");
    const { port = 0 } = socket.bound ?? {};
    if (!step || numbers.includes(port) || numbers.includes(swap(port))) return undefined;
    const [first] = story.sockets.filter(({ track }) => track === "listener");
    if (socket !== first || numbers.length === 0 || callsOf(socket, "bind").some(hasFailed))
      return undefined;
    return found("other-port", step, { port });
  });

const hasFailed = ({ call }: Step): boolean => call.error !== undefined;

export const findIgnoredBind: Check = (story) =>
  findFirst(story.sockets, (socket) => {
    const binds = callsOf(socket, "bind");
    const [listen] = callsOf(socket, "listen");
    const [failed] = binds.filter(hasFailed);
    if (!failed || !listen || !binds.every(hasFailed)) return undefined;
    return found("ignored-bind", failed, { error: failed.call.error ?? "" });
  });

export const findMissingListen: Check = (story) =>
  findFirst(story.sockets, (socket) => {
    const [failed] = callsOf(socket, "accept").filter(({ call }) => call.error === "EINVAL");
    const isListening = callsOf(socket, "listen").some((step) => !hasFailed(step));
    return failed && !isListening ? found("missing-listen", failed) : undefined;
  });

export const findMissingReuse: Check = (story) =>
  story.role === "client"
    ? undefined
    : findFirst(story.sockets, (socket) => {
        const [bind] = callsOf(socket, "bind");
        const isListener =
          callsOf(socket, "listen").length > 0 || bind?.call.error === "EADDRINUSE";
        if (!bind || socket.isReusable || !isListener) return undefined;
        return found("missing-reuse", bind, { port: socket.bound?.port ?? 0 });
      });

/** A server that opens Q to another machine than that of its client. */
export const findOtherPeer: Check = (story) =>
  story.role === "client"
    ? undefined
    : findFirst(story.steps, (step) => {
        const { call, process, open } = step;
        if (call.name !== "connect" || !open?.peer) return undefined;
        const before = story.steps.slice(0, story.steps.indexOf(step));
        const from = before.findLast((one) => one.open?.track === "P" && one.process === process)
          ?.open?.peer?.address;
        const { address } = open.peer;
        if (!from || from === "" || from === address) return undefined;
        return found("other-peer", step, { address, client: from });
      });

/** A server that opens Q to a port that the request does not name. */
export const findOtherDataPort: Check = (story) =>
  story.role === "client"
    ? undefined
    : findFirst(story.sockets, (socket) => {
        const own = story.sockets.find(({ track }) => track === "listener")?.bound?.port;
        const [failed] = callsOf(socket, "connect").filter(
          ({ call }) => call.error === "ECONNREFUSED" || socket.peer?.port === own,
        );
        const named = ofTrack(story, "P").flatMap(({ input }) => numbersIn(input));
        const { port = 0 } = socket.peer ?? {};
        if (!failed || named.length === 0 || named.includes(port) || named.includes(swap(port)))
          return undefined;
        return found("other-data-port", failed, { port, named: named.join(", ") });
      });

/** A client that asks first, and listens when the server has already tried to connect. */
export const findLateListen: Check = (story, { wasRefused }) => {
  if (story.role !== "client") return undefined;
  const request = story.steps.find(({ call, open }) => open?.track === "P" && isWrite(call));
  const listen = story.steps.find(({ call }) => call.name === "listen");
  const isLate = listen ? listen.call.began > (request?.call.began ?? Infinity) : wasRefused;
  if (!request || !isLate) return undefined;
  return found("late-listen", listen ?? request, { listens: listen ? 1 : 0 });
};
