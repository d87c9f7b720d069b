// The command -g with several names, patterns or --all: fetches the files, several at one time.

import type { OnDuplicate } from "../../lib/client/save.ts";
import { SharedState } from "../../lib/client/shared-state.ts";
import { Failure, failureKind, type FailureKind } from "../../lib/errors.ts";
import { BatchReport } from "./batch-report.ts";
import { type ClientOptions, MAX_JOBS } from "./client-options.ts";
import type { FileSelection } from "./file-selection.ts";
import { assertDirectory, joinPath } from "./destination.ts";
import { saveAs } from "./get-file.ts";
import { getListing } from "./print-listing.ts";
import { JobPool } from "./job-pool.ts";
import { assertListedName, needsListing, selectNames } from "./select-names.ts";

/** After one of these, no other file can be fetched. To try a wrong password again would only block this host. */
const FINAL_KINDS: readonly FailureKind[] = ["login", "connect"];

/** After so many timeouts in a row the server is taken for dead. Each of them can take a minute. */
const MOST_TIMEOUTS = 3;

/** Returns the exit status of the worst file. */
export async function getFiles(
  { connect: given, ...rest }: ClientOptions,
  selection: FileSelection,
): Promise<number> {
  using shared = new SharedState();
  const connect = { ...given, shared };
  const options = { ...rest, connect };
  if (options.output !== undefined) assertDirectory(options.output);
  const listing = needsListing(selection) ? await getListing(options) : "";
  const { count, names } = selectNames(selection, listing);
  const report = new BatchReport(options, count);
  const ask = createQuestioner(report);
  let timeouts = 0;
  /** Fewer jobs are then better than a pause. */
  const isTooBusy = (error: unknown) =>
    error instanceof Failure && error.code === 421 && error.kind === "refused" && pool.running > 1;
  const getOne = async (name: string): Promise<boolean> => {
    try {
      assertListedName(name);
      const path = joinPath(options.output, name);
      const file = await saveAs(options, name, path, {
        ask,
        onProgress: (bytes, total) => report.bars?.update(name, bytes, total),
        onRetry: (error, seconds) => {
          if (isTooBusy(error)) return false;
          report.addRetry(name, error, seconds);
          return true;
        },
      });
      await report.addSaved(file);
      timeouts = 0;
    } catch (error) {
      if (connect.signal?.aborted) return true;
      if (isTooBusy(error)) return false;
      const kind = failureKind(error);
      timeouts = kind === "timeout" ? timeouts + 1 : 0;
      const isFinal = FINAL_KINDS.includes(kind);
      if (isFinal && pool.isStopped) return true; // the same was told of another file
      if (isFinal || timeouts >= MOST_TIMEOUTS) pool.stop();
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

/** Asks one question at a time, and prints nothing meanwhile. */
function createQuestioner(report: BatchReport): (path: string) => Promise<OnDuplicate> {
  let last: Promise<unknown> = Promise.resolve();
  return (path) => {
    const ask = async () => {
      const { askDuplicate } = await import("./prompt-duplicate.ts");
      return askDuplicate(path, true);
    };
    const answer = last.then(() => report.holdDuring(ask));
    last = answer.catch(() => {});
    return answer;
  };
}
