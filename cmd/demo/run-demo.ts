// The steps of the demo, each with a check of its result.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DemoServer } from "./demo-server.ts";
import { createFiles, hashFile } from "./files.ts";
import { runDemoClient } from "./run-client.ts";

/** Runs the demo in a directory of its own, which is removed afterwards. Returns true if every check has passed. */
export async function runDemo(): Promise<boolean> {
  const home = mkdtempSync(join(tmpdir(), "ftkit-demo-"));
  let hasPassed = true;
  try {
    await runSteps(join(home, "served"), join(home, "fetched"), (text, holds) => {
      console.log(`   ${holds ? "ok " : "NOT OK"} ${text}`);
      hasPassed &&= holds;
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  console.log(hasPassed ? "\nAll of it worked." : "\nThe demo found something wrong.");
  return hasPassed;
}

function printStep(text: string): void {
  console.log(`\n== ${text}`);
}

async function runSteps(
  served: string,
  fetched: string,
  check: (text: string, holds: boolean) => void,
): Promise<void> {
  const names = createFiles(served, fetched);
  printStep("Steps 1 and 2: ftserver starts, checks its arguments, and waits");
  await using server = await DemoServer.start(served);
  const client = async (...args: string[]) => {
    const result = await runDemoClient(fetched, server.port, args);
    await server.waitForLogLine();
    return result;
  };

  printStep(
    "Steps 3 to 6: ftclient starts, opens P, and sends -l; step 7: the directory comes on Q; step 8: ftclient closes P and ends",
  );
  const { stdout } = await client("-l");
  const listing = names.map((name) => `${name}\n`).join("");
  check(`the list has all ${names.length} files`, stdout === listing);

  for (const name of names) {
    printStep(`-g ${JSON.stringify(name)}`);
    const { exit } = await client("-g", name);
    const isSame = hashFile(join(served, name)) === hashFile(join(fetched, name));
    check("same SHA-256 on both sides", exit === 0 && isSame);
  }

  printStep("-g of a file that does not exist: the error comes on P");
  const missing = await client("-g", "missing.txt");
  check("exit status 6, and nothing was saved", missing.exit === 6);

  printStep("-g of a file that exists here already: it is not replaced");
  const duplicate = await runDemoClient(fetched, server.port, ["-g", "notes.txt"]);
  check("exit status 7", duplicate.exit === 7);
  const renamed = await client("-g", "notes.txt", "--on-duplicate", "rename");
  check("with --on-duplicate rename it is saved under another name", renamed.exit === 0);

  printStep("An invalid command, typed by hand: the error comes on P, and no Q is opened");
  const reply = await server.sendLine("dance 30020\n");
  check(reply.trim(), reply.startsWith("500 "));

  printStep("Step 9: the server serves until SIGINT, and then it ends in order");
  check("exit status 0", (await server.interrupt()) === 0);
}
