// The assignment from step 1 to step 9 on this machine, with real files: what `bun run demo` shows.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DemoServer, runClient } from "./demo/programs.ts";
import { makeFiles, sha256Of } from "./demo/files.ts";

/** Says what comes next, in the words of the assignment. */
function step(text: string): void {
  console.log(`\n== ${text}`);
}

function check(what: string, good: boolean): void {
  console.log(`   ${good ? "ok " : "NOT OK"} ${what}`);
  if (!good) process.exitCode = 1;
}

const home = mkdtempSync(join(tmpdir(), "ftkit-demo-"));
try {
  await demo(join(home, "served"), join(home, "fetched"));
} finally {
  rmSync(home, { recursive: true, force: true });
}
console.log(process.exitCode ? "\nThe demo found something wrong." : "\nAll of it worked.");

async function demo(served: string, fetched: string): Promise<void> {
  const names = makeFiles(served, fetched);
  step("Steps 1 and 2: ftserver starts, checks its arguments, and waits");
  await using server = await DemoServer.start(served);

  step("Steps 3 to 6: ftclient starts, opens P, and sends -l; step 7: the directory comes on Q");
  const listing = await runClient(fetched, server.port, ["-l"]);
  await server.line();
  check(
    `the list has all ${names.length} files`,
    listing.stdout === names.map((name) => `${name}\n`).join(""),
  );

  for (const name of names) {
    step(`-g ${JSON.stringify(name)}`);
    const { exit } = await runClient(fetched, server.port, ["-g", name]);
    await server.line();
    const same = sha256Of(join(served, name)) === sha256Of(join(fetched, name));
    check("same SHA-256 on both sides", exit === 0 && same);
  }

  step("-g of a file that does not exist: the error comes on P");
  const missing = await runClient(fetched, server.port, ["-g", "missing.txt"]);
  await server.line();
  check("exit status 6, and nothing was saved", missing.exit === 6);

  step("-g of a file that is here already: the duplicate is not replaced");
  const duplicate = await runClient(fetched, server.port, ["-g", "notes.txt"]);
  check("exit status 7", duplicate.exit === 7);
  const renamed = await runClient(fetched, server.port, [
    "-g",
    "notes.txt",
    "--on-duplicate",
    "rename",
  ]);
  await server.line();
  check("with --on-duplicate rename it is saved beside the first", renamed.exit === 0);

  step("An invalid command, typed by hand: the error comes on P, and no Q is opened");
  const reply = await server.type("dance 30020\n");
  check(reply.trim(), reply.startsWith("500 "));

  step("Step 9: the server serves until SIGINT, and then ends in order");
  check("exit status 0", (await server.interrupt()) === 0);
}
