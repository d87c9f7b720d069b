// Runs a script in which some system calls fail, as on a file system that lacks them (seccomp(2)).

/** The longest that a script may run, in ms. */
const LIMIT = 5000;

/** The numbers of system calls, and the filter below, are those of this system only. */
export const canDeny = process.platform === "linux" && process.arch === "x64";

/**
 * Runs a script in the directory `cwd`. After it has called `deny()`, the system calls `numbers` fail with `error`.
 * Returns what it prints; a failure that it throws is printed, too.
 */
export async function runDenied(
  cwd: string,
  numbers: readonly number[],
  error: number,
  script: string,
): Promise<string> {
  const whole = `${DENY}(${JSON.stringify(numbers)}, ${error});\n${GUARD}${script}`;
  await using child = Bun.spawn([process.execPath, "-e", whole], { cwd, timeout: LIMIT });
  return (await child.stdout.text()).trim();
}

const GUARD = `process.on("uncaughtException", ({ message }) => { console.log(message); process.exit(); });\n`;

/** The filter loads the number of the call, compares it with each of the numbers, and returns the error. */
const DENY = `
  const { dlopen, ptr } = await import("bun:ffi");
  const deny = ((numbers, error) => () => {
    const { prctl } = dlopen("libc.so.6", {
      prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
    }).symbols;
    const jumps = numbers.map((number, i) => [0x15, numbers.length - i, 0, number]);
    const ends = [[0x06, 0, 0, 0x7fff0000], [0x06, 0, 0, 0x00050000 | error]];
    const lines = [[0x20, 0, 0, 0], ...jumps, ...ends];
    const code = Buffer.alloc(lines.length * 8);
    lines.forEach(([operation, yes, no, value], i) => {
      code.writeUInt16LE(operation, i * 8);
      code.writeUInt8(yes, i * 8 + 2);
      code.writeUInt8(no, i * 8 + 3);
      code.writeUInt32LE(value, i * 8 + 4);
    });
    const filter = Buffer.alloc(16);
    filter.writeUInt16LE(lines.length, 0);
    filter.writeBigUInt64LE(BigInt(ptr(code)), 8);
    if (prctl(38, 1, 0, 0, 0) !== 0 || prctl(22, 2, ptr(filter), 0, 0) !== 0) throw new Error("no seccomp");
  })`;
