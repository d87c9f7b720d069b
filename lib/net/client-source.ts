// Who a client is to the limits: its IPv4 address, or the IPv6 network that it can take any address of.

/** An IPv4 address at the end of an IPv6 address (RFC 4291, section 2.2). */
const DOTTED = /([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)$/;

/**
 * An IPv4 address as it is, also from its IPv4-mapped form; an IPv6 address as its first 64 bits, since every host has a
 * /64 to itself (RFC 6177), and could otherwise come as a new stranger for each guess. A zone is kept.
 */
export function clientSource(address: string): string {
  if (!address.includes(":")) return address;
  const [ip = "", zone] = address.split("%");
  const groups = parseGroups(ip);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join(".");
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64${zone === undefined ? "" : `%${zone}`}`;
}

/** The eight groups of an IPv6 address. */
function parseGroups(ip: string): number[] {
  const hex = ip.replace(DOTTED, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16)).join(":");
  });
  const [head = [], tail = []] = hex.split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0");
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16) || 0);
}
