// IP addresses: brought into one form, formatted, and compared.

/** One end of a connection: an IP address as `normalizeAddress` returns it, and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** An IPv4 address as every system writes it. */
const DOTTED = /^[0-9]+(\.[0-9]+){3}$/;

/** The end of an IPv6 address that stands for an IPv4 address (RFC 4291, 2.5.5.2), as `URL` writes it. */
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** The same address as the kernel writes it. */
const KERNEL_MAPPED = /^::ffff:((?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2}))$/;

/** True for an IPv4 address, or any text with a colon, which no host name has. `node:net` could tell, but takes 6 ms to load. */
export function isAddress(host: string): boolean {
  return DOTTED.test(host) || host.includes(":");
}

/**
 * The one spelling of an IP address by which two of them are compared (RFC 5952). An IPv4 peer of an IPv6 listener appears
 * as `::ffff:a.b.c.d`; here it becomes `a.b.c.d`. A zone is kept as it is. Text that is no IPv6 address is returned unchanged.
 */
export function normalizeAddress(address: string): string {
  if (!address.includes(":")) return address;
  const dotted = KERNEL_MAPPED.exec(address)?.[1]; // most clients of a server come so, and a URL takes longer
  if (dotted !== undefined) return dotted;
  const [ip = "", zone] = address.split("%");
  const url = URL.parse(`http://[${ip}]`);
  if (!url) return address;
  const plain = url.hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(plain) ?? [];
  if (high !== undefined && low !== undefined) return `${formatPair(high)}.${formatPair(low)}`;
  return zone === undefined ? plain : `${plain}%${zone}`;
}

/** Two bytes in hexadecimal digits, as IPv4 writes them. */
function formatPair(hex: string): string {
  const word = Number.parseInt(hex, 16);
  return `${word >> 8}.${word & 0xff}`;
}

/** The address without the name of an interface. */
export function removeZone(address: string): string {
  return address.replace(/%.*$/, "");
}

/** True for an IPv6 address that means nothing without the name of an interface (RFC 4007): fe80::/10. */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address);
}

/** `address:port`, with brackets around an IPv6 address (RFC 3986, section 3.2.2). */
export function formatEndpoint({ address, port }: Endpoint): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** True if packets to this address never leave the host (RFC 1122, 3.2.1.3 (g); RFC 4291, 2.5.3). */
export function isLoopback(address: string): boolean {
  const plain = normalizeAddress(address);
  return plain === "::1" || /^127(\.[0-9]+){3}$/.test(plain);
}

/** True if both ends are on this machine: over the loopback, or because both have the same address. */
export function isSameHost(local: Endpoint, remote: Endpoint): boolean {
  return isLoopback(remote.address) || local.address === remote.address;
}
