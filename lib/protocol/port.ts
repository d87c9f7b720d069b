// Reads a TCP port number strictly: "80 ", "0x50", "1e3" and "" are not port numbers.

/** The lowest data port that a server dials: the ports below are system ports (RFC 6335, section 6). */
export const LOWEST_DATA_PORT = 1024;

/** The highest port number of TCP, which has 16 bits (RFC 9293). */
export const HIGHEST_PORT = 65535;

/** The ports from the first to the last, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** A port number, or why the text is not one, in words that follow the name of the argument. */
export type PortResult = { readonly port: number } | { readonly why: string };

/**
 * Reads a port number in decimal digits from `lowest` to 65535.
 * Leading zeros are refused: they hide typing errors, and some programs read them as octal.
 */
export function parsePort(text: string, lowest: number): PortResult {
  const port = /^(0|[1-9][0-9]{0,4})$/.test(text) ? Number(text) : -1;
  if (port >= lowest && port <= HIGHEST_PORT) return { port };
  const range = `a decimal number from ${lowest} to ${HIGHEST_PORT}`;
  return { why: `takes ${range}, not ${JSON.stringify(text.slice(0, 80))}` };
}
