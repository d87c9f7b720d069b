// A client counts by its IPv4 address or by its IPv6 /64, in whatever spelling its address comes.

import { expect, test } from "bun:test";
import { clientSource } from "./client-source.ts";

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:c000:201", "192.0.2.1"],
  ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
  ["::1", "0:0:0:0::/64"],
  ["2001:db8:0:7::1", "2001:db8:0:7::/64"],
  ["2001:0DB8::7:ffff:0:0:1", "2001:db8:0:7::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::192.0.2.1", "2001:db8:1:2::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64%eth0"],
])("%s is of the source %s", (address, source) => {
  expect(clientSource(address)).toBe(source);
});
