// How long the suite waits: every limit has a name and a reason, and grows with the timeout scale.

/** A client that thinks before it types, in ms. This puts a server under pressure, so the scale does not stretch it. */
export const THINK = 1_500;
/** The kernel keeps a port for a minute after a server without SO_REUSEADDR; a program with a fixed port has to wait for it. */
export const LINGER_LIMIT = 65_000;
/** Between two looks at something that sends no event, such as a table of the kernel. */
export const POLL = 10;

/** The usual scale for programs that are not ours: 15 s for a reply were enough for all but one of 61 programs. */
export const STRANGER_SCALE = 3;
/** N5.2 allows a server 60 s; a little more for its reply. */
const LONGEST_OWN_LIMIT = 65_000;

/** Short waits for a program that is only asked whether it understands; its start takes as long as ever. */
export const shortTimeouts = (scale: number): Timeouts => ({
  ...makeTimeouts(scale),
  start: makeTimeouts().start,
});

export type Timeouts = ReturnType<typeof makeTimeouts>;

/** On a machine that is too busy, a case is tried again with so many times the time. */
export const LATE_FACTOR = 3;

/** The same limits, each so many times as long. */
export const stretchTimeouts = (timeouts: Timeouts, factor: number): Timeouts =>
  Object.fromEntries(
    Object.entries(timeouts).map(([name, limit]) => [name, limit * factor]),
  ) as Timeouts;

/**
 * All limits in milliseconds. Our own programs are started with options that make their own limits short; a stranger's
 * program has limits that nobody can shorten. Runs that are generated may go on for some time more.
 */
export function makeTimeouts(scale = 1, isStranger = false, generating = 0) {
  const scaled = (milliseconds: number): number => Math.round(milliseconds * scale);
  const ownLimit = Math.max(scaled(10_000), isStranger ? LONGEST_OWN_LIMIT : 0);
  const server = ownLimit;
  /** One attempt at one case: more than the sum of the waits in the longest case. */
  const attempt = server + scaled(40_000) + generating;
  return {
    scale,
    /** From the start of a server until it listens: a virtual machine may have to load first. */
    start: scaled(5_000),
    /** A program that refuses its arguments does no work before it ends. */
    refuse: scaled(5_000),
    /** From a request to the next sign of life: a reply, a byte, a connection. */
    reply: scaled(5_000),
    /** From the last byte of Q to its end of file: to close a connection takes no time. */
    close: scaled(3_000),
    /** The same, if the order of two events on P and Q is tested and not their speed. */
    order: scaled(250),
    /** A bulk transfer may pause this long before it counts as stuck. */
    idle: scaled(3_000),
    /** From SIGINT to the end of a server that has no transfer to finish. */
    stop: scaled(10_000),
    /** A client whose server is gone or never answers: it must give up at some time. */
    giveUp: ownLimit,
    /** The same for a client that did not end in another case: most have one limit for everything, or none. */
    giveUpAgain: scaled(3_000),
    /** A server's own limits for a request and for the last close. */
    server,
    /** If nothing happens for this long, the suite believes that nothing will happen. */
    quiet: scaled(300),
    /** A program that ignores SIGINT gets SIGTERM after this, and then SIGKILL. */
    signal: scaled(2_000),
    attempt,
    /** One case: two attempts, another one on a busy machine, and the time to stop the subjects. */
    case: (2 + LATE_FACTOR) * attempt + scaled(40_000),
  };
}
