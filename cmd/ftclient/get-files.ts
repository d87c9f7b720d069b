// The command -g with several names, patterns or --all: fetches the files, several at one time.

import { fetchListing } from "../../lib/client/client.ts";
import type { OnDuplicate } from "../../lib/client/save.ts";
import { Failure, type FailureKind } from "../../lib/errors.ts";
import { BatchReport } from "./batch-report.ts";
import { type ClientOptions, MAX_JOBS } from "./client-options.ts";
import type { FileSelection } from "./file-selection.ts";
import { assertDirectory, saveFile } from "./get-file.ts";
import { JobPool } from "./job-pool.ts";
import { assertListedName, needsListing, selectNames } from "./select-names.ts";

/** After one of these, no other file can be fetched. To try a wrong password again would only block this host. */
const FINAL_KINDS: readonly FailureKind[] = ["login", "connect"];

/** After so many timeouts in a row the server is taken for dead. Each of them can take a minute. */
const MOST_TIMEOUTS = 3;

/** Returns the exit status of the worst file. */
export async function getFiles(options: ClientOptions, selection: FileSelection): Promise<number> {
  if (options.output !== undefined) assertDirectory(options.output);
  const { connect } = options;
  const listing = needsListing(selection) ? await fetchListing(connect) : "";
  const { count, names } = selectNames(selection, listing);
  const report = new BatchReport(options, count);
  const ask = createQuestioner(report);
  let timeouts = 0;
  const getOne = async (name: string): Promise<boolean> => {
    try {
      assertListedName(name);
      const onProgress = (bytes: number, total: number) => report.bars?.update(name, bytes, total);
      await report.addSaved(await saveFile(options, name, onProgress, ask));
      timeouts = 0;
    } catch (error) {
      if (connect.signal?.aborted) return true;
      const { kind, code } = error instanceof Failure ? error : { kind: "other" as const };
      if (code === 421 && pool.running > 1) return false;
      timeouts = kind === "timeout" ? timeouts + 1 : 0;
      if (FINAL_KINDS.includes(kind) || timeouts >= MOST_TIMEOUTS) pool.stop();
      await report.addFailure(name, error).catch(() => pool.stop());
    }
    return true;
  };
  const pool = new JobPool(names, getOne, options.jobs, MAX_JOBS);
  const stop = () => pool.stop();
  connect.signal?.addEventListener("abort", stop);
  await pool.run();
  const exit = await report.finish();
  connect.signal?.throwIfAborted();
  return exit;
}

/** Asks one question at a time, and draws no bars meanwhile. */
function createQuestioner({ bars }: BatchReport): (path: string) => Promise<OnDuplicate> {
  let last: Promise<unknown> = Promise.resolve();
  return (path) => {
    const ask = async () => {
      const { askDuplicate } = await import("./prompt-duplicate.ts");
      return askDuplicate(path, true);
    };
    const answer = last.then(() => (bars ? bars.holdDuring(ask) : ask()));
    last = answer.catch(() => {});
    return answer;
  };
}
