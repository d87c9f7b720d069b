// SIGHUP: an ftserver without a terminal reads its certificate and its users again; at a terminal it ends, as signals.test.ts shows.

import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeTls, type IssuedCertificate } from "../../lib/testing/tls-testing.ts";
import { readIdentity } from "../../lib/tls/identity.ts";
import { runProgram, TestServer, waitUntil } from "../testing/testing.ts";

const LIMIT = 40_000;

describeTls("at SIGHUP", (authority) => {
  test.each([
    ["alone", 1],
    ["with workers", 2],
  ])(
    "an ftserver %s reads its certificate again, and keeps the old one if the new one is damaged",
    async (_, workers) => {
      await using files = new TestServer();
      files.createFile("root/notes.txt", "hello\n");
      const key = files.getPath("key.pem");
      const cert = files.getPath("cert.pem");
      const install = ({ pair }: IssuedCertificate) => {
        writeFileSync(cert, pair.cert);
        writeFileSync(key, pair.key, { mode: 0o600 });
      };
      const [first, second] = [authority.issue(), authority.issue()];
      install(first);
      const words = [String(files.port), files.getPath("root"), "--host", "127.0.0.1"];
      const options = ["--tls-cert", cert, "--tls-key", key, "--workers", String(workers)];
      const source = join(import.meta.dir, "../ftserver.ts");
      // In a session of its own it has no terminal, wherever the tests are run.
      await using child = Bun.spawn([process.execPath, source, ...words, ...options], {
        env: { PATH: Bun.env["PATH"] ?? "" },
        detached: true,
        stdio: ["ignore", "ignore", "pipe"],
        timeout: LIMIT,
      });
      let log = "";
      const reading = child.stderr.pipeTo(
        new WritableStream({ write: (bytes) => void (log += Buffer.from(bytes)) }),
      );
      const count = (event: string) => log.split(`"event":"${event}"`).length - 1;
      const list = async ({ certFile, keyFile }: IssuedCertificate) => {
        const { fingerprint } = readIdentity(certFile, keyFile);
        const trust = ["--tls", "--pin", `sha256:${fingerprint}`];
        return (await runProgram("ftclient", [...files.endpoint, "-l", ...trust])).exit;
      };
      await waitUntil(() => count("listening") === 1, "the first line of the log");
      expect(await list(first)).toBe(0);

      install(second);
      child.kill("SIGHUP");
      await waitUntil(() => count("reloaded") === workers, "the new certificate");
      expect(await list(first)).not.toBe(0);
      expect(await list(second)).toBe(0);

      writeFileSync(key, first.pair.key);
      child.kill("SIGHUP");
      await waitUntil(() => count("reload-failed") === workers, "the message about the wrong key");
      expect(log).toContain("do not belong together");
      expect(await list(second)).toBe(0);

      child.kill("SIGTERM");
      expect(await child.exited).toBe(0);
      await reading;
    },
    LIMIT,
  );
});
