// How long the suite waits: every bound has a name, a reason, and grows with FT_PATIENCE.

const FOREIGN = 3; // 15 s for a reply were enough for all but one of 61 programs that were tried
const given = Number(Bun.env["FT_PATIENCE"]);
const judgesStranger = Boolean(Bun.env["FT_SERVER"] ?? Bun.env["FT_CLIENT"]);

/** One for our own programs, three for anybody else's, or what FT_PATIENCE says. */
export const TIMEOUT_SCALE = given > 0 ? given : judgesStranger ? FOREIGN : 1;

const scaled = (milliseconds: number): number => Math.round(milliseconds * TIMEOUT_SCALE);

/** From the start of a server until it listens: a virtual machine may have to load first. */
export const START_LIMIT = scaled(5_000);
/** A program that refuses its arguments does no work before it ends. */
export const REFUSE_LIMIT = scaled(5_000);
/** From a request to the next sign of life: a reply, a byte, a connection. */
export const REPLY_LIMIT = scaled(5_000);
/** From the last byte of Q to its end of file: closing needs no thought. */
export const CLOSE_LIMIT = scaled(3_000);
/** The same, where the order of two events on P and Q is judged, not their speed. */
export const ORDER_SLACK = scaled(250);
/** A bulk transfer may pause this long before it counts as stuck. */
export const IDLE_LIMIT = scaled(3_000);
/** From SIGINT to the end of a server that has nothing to finish. */
export const STOP_LIMIT = scaled(10_000);
/** The longest that N5.2 gives a server, and a little for its reply: nobody can shorten a stranger's own limits. */
const LONGEST_OWN = 65_000;
/** What a program waits for by its own clock: ours are told to be quick about it, a stranger's cannot be. */
const owned = Math.max(scaled(10_000), judgesStranger ? LONGEST_OWN : 0);
/** A client whose server went away or never answers: it must give up, but may be thorough. */
export const GIVE_UP_LIMIT = owned;
/** A server's own limits for a request and for the last close. */
export const SERVER_LIMIT = owned;
/** How long nothing must happen before the suite believes that nothing will. */
export const QUIET = scaled(300);
/** A client that thinks before it types. It presses the subject, so patience does not stretch it. */
export const THINK = 1_500;
/** The kernel keeps a port for a minute after a server without SO_REUSEADDR, which a fixed one feels. */
export const LINGER_LIMIT = 65_000;
/** Between two looks at something that sends no event, such as a table of the kernel. */
export const POLL = 10;
/** A program that ignores SIGINT gets SIGTERM after this, and then SIGKILL. */
export const SIGNAL_LIMIT = scaled(2_000);
/** One attempt at one case; above the sum of the waits in the longest of them. */
export const CASE_LIMIT = SERVER_LIMIT + scaled(40_000);
/** What bun test allows a case: two attempts, and the time to stop two subjects. */
export const TEST_LIMIT = 2 * CASE_LIMIT + scaled(30_000);
