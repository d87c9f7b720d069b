// Keeps a submission, which runs as the same user, away from the memory and the open files of the process that tests it.

import { bind } from "../../../lib/sys/libc.ts";

const PR_SET_DUMPABLE = 4;

/**
 * Afterwards no process of this user can trace this one, or open its memory, its pipes or its environment under /proc
 * (prctl(2), PR_SET_DUMPABLE): only who has CAP_SYS_PTRACE can, and the sandbox takes that from a submission of root.
 */
export function protectProcess(): void {
  bind({ prctl: { args: ["i32", "u64"], returns: "i32" } })?.prctl(PR_SET_DUMPABLE, 0n);
}
