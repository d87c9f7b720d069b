import { expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { catchFailure } from "../testing/testing.ts";
import { readIdentity } from "./identity.ts";
import { describeTls, openssl } from "../testing/tls-testing.ts";
import { parsePin } from "./trust.ts";

describeTls("the server's identity", (authority, good) => {
  test("has the fingerprint that openssl shows", () => {
    const identity = readIdentity(good.certFile, good.keyFile);
    expect(identity.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    const pin = Bun.spawnSync([
      "openssl",
      "x509",
      "-noout",
      "-fingerprint",
      "-sha256",
      "-in",
      good.certFile,
    ]);
    const shown = pin.stdout.toString().split("=")[1]?.trim() ?? "";
    expect(parsePin(`sha256:${shown}`)).toBe(identity.fingerprint);
  }, 10_000);

  test.each([
    ["CR LF", (text: string) => text.replaceAll("\n", "\r\n")],
    ["a byte order mark", (text: string) => `\ufeff${text}`],
    ["both", (text: string) => `\ufeff${text.replaceAll("\n", "\r\n")}`],
    ["UTF-16", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le")],
  ])(
    "may be in files with %s",
    (_, edit) => {
      const save = (name: string, text: string) =>
        setMode(authority.scratch.file(name, edit(text)), 0o600);
      const { cert, key } = good.pair;
      const identity = readIdentity(save("edited.pem", cert), save("edited.key", key));
      expect(identity.fingerprint).toBe(readIdentity(good.certFile, good.keyFile).fingerprint);
    },
    10_000,
  );

  test("keeps the certificates of its issuers, if each file has a byte order mark", () => {
    const chain = `\ufeff${good.pair.cert}\ufeff${authority.root.pair.cert}`;
    const { cert } = readIdentity(authority.scratch.file("chain.pem", chain), good.keyFile);
    expect(cert).toBe(good.pair.cert + authority.root.pair.cert);
  }, 10_000);

  test.each([
    ["of another certificate", "do not belong together", () => authority.issue().keyFile],
    ["that is missing", "there is no such file", () => authority.scratch.at("none")],
    ["that is a certificate", "open to others", () => good.certFile],
    [
      "that is empty",
      "holds no private key",
      () => setMode(authority.scratch.file("empty"), 0o600),
    ],
    [
      "that the group may read",
      "is open to others: chmod 600 it",
      () => setMode(authority.issue().keyFile, 0o640),
    ],
    [
      "that all may read",
      "is open to others: chmod 600 it",
      () => setMode(authority.issue().keyFile, 0o604),
    ],
    ["that is encrypted", "is encrypted", () => encryptKey()],
    ["that is a directory", "cannot be read: EISDIR", () => setMode(authority.scratch.path, 0o700)],
  ])(
    "cannot have a key %s",
    async (_, why, keyFile) => {
      const failure = await catchFailure(() => readIdentity(good.certFile, keyFile()));
      expect([failure.kind, failure.message]).toEqual(["usage", expect.stringContaining(why)]);
    },
    10_000,
  );

  test.each([
    ["missing", "there is no such file", () => authority.scratch.at("none")],
    ["a key", "holds no certificate", () => good.keyFile],
  ])(
    "cannot have a certificate that is %s",
    async (_, why, certFile) => {
      const failure = await catchFailure(() => readIdentity(certFile(), good.keyFile));
      expect([failure.kind, failure.message]).toEqual(["usage", expect.stringContaining(why)]);
    },
    10_000,
  );

  test("cannot have an expired certificate", async () => {
    const old = authority.issue(undefined, -1);
    const failure = await catchFailure(() => readIdentity(old.certFile, old.keyFile));
    expect([failure.kind, failure.message]).toEqual([
      "usage",
      expect.stringContaining("expired on"),
    ]);
  }, 10_000);

  function encryptKey(): string {
    const path = authority.scratch.at("encrypted.key");
    openssl("ec", "-in", good.keyFile, "-aes128", "-passout", "pass:x", "-out", path);
    return setMode(path, 0o600);
  }
});

function setMode(path: string, bits: number): string {
  chmodSync(path, bits);
  return path;
}
