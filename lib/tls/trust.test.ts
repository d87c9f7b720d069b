import { expect, test } from "bun:test";
import { catchFailure } from "../testing/testing.ts";
import { describeTls } from "../testing/tls-testing.ts";
import { parsePin, readTrust } from "./trust.ts";

const DIGITS = "0123456789abcdef".repeat(4);

test.each([
  ["[::1]", "::1"],
  ["fe80::1%eth0", "fe80::1"],
  ["example.com.", "example.com"],
  ["example.com", "example.com"],
])("the host %s must have a certificate for %s", (host, name) => {
  expect(readTrust(host)).toEqual({ name });
});

test.each([DIGITS, DIGITS.toUpperCase(), DIGITS.match(/../g)?.join(":") ?? ""])(
  "a pin may be written as %s",
  (digits) => {
    expect(parsePin(`sha256:${digits}`)).toBe(DIGITS);
  },
);

test.each([
  "",
  "sha256:",
  DIGITS,
  `sha1:${DIGITS}`,
  `sha256:${DIGITS}0`,
  `sha256:${DIGITS.slice(1)}`,
  `sha256:x${DIGITS.slice(1)}`,
])("%p is not a pin", async (text) => {
  const failure = await catchFailure(() => parsePin(text));
  expect([failure.kind, failure.message]).toEqual([
    "usage",
    expect.stringContaining("--pin takes sha256:"),
  ]);
});

test("--ca and --pin exclude each other", async () => {
  expect((await catchFailure(() => readTrust("a", "b", "c"))).kind).toBe("usage");
});

describeTls("--ca", (authority, good) => {
  test("may name a file with byte order marks and CR LF", () => {
    const issuers = `\ufeff${good.pair.cert}\ufeff${authority.root.pair.cert}`;
    const file = authority.scratch.file("issuers.pem", issuers.replaceAll("\n", "\r\n"));
    expect(readTrust("localhost", file).ca).toBe(
      (good.pair.cert + authority.root.pair.cert).replaceAll("\n", "\r\n"),
    );
  }, 10_000);

  test("must name a file with a certificate", async () => {
    expect(readTrust("localhost", good.certFile)).toEqual({
      name: "localhost",
      ca: good.pair.cert,
    });
    const failure = await catchFailure(() => readTrust("localhost", good.keyFile));
    expect([failure.kind, failure.message]).toEqual([
      "usage",
      expect.stringContaining("holds no certificate"),
    ]);
    expect(
      (await catchFailure(() => readTrust("a", authority.scratch.at("no")))).message,
    ).toContain("ENOENT");
  }, 10_000);
});
