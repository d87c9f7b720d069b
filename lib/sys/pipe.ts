// A pipe between a connection and a file: bytes move through it inside the kernel, with no copy in user space (splice(2)).

import { ptr } from "bun:ffi";
import { bind } from "./libc.ts";

/** Bytes that a pipe may hold: as many as Linux lets anyone have (pipe(7)). With fewer the kernel is called more often. */
const SIZE = 1024 * 1024;

const F_SETPIPE_SZ = 1031;
const O_CLOEXEC = 0o2000000;
const SPLICE_F_MOVE = 1;
const SPLICE_F_NONBLOCK = 2;

/** Bound by the first pipe: a small transfer needs none. */
let calls: ReturnType<typeof bindPipes> | "unknown" = "unknown";

/** Where a pipe pours to, as the kernel wants it. */
const position = new BigInt64Array(1);

/** Two descriptors, made when they are first needed; disposing of it closes them. */
export class Pipe implements Disposable {
  readonly #ends = new Int32Array([-1, -1]);
  #missing = false;
  #held = 0;

  /** Takes at most `most` bytes that `socket` holds, without waiting; returns how many: 0 where there are none, at its end, and where it cannot. */
  fill(socket: number, most: number): number {
    const libc = this.#open();
    const want = Math.min(most, SIZE - this.#held);
    if (!libc || want <= 0) return 0;
    const flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
    const count = Number(libc.splice(socket, null, this.#to, null, want, flags));
    this.#held += Math.max(0, count);
    return Math.max(0, count);
  }

  /** Puts what it holds into `file`: at a place, or where that stands. Returns how many bytes it took; where that is not all, `take` has the rest. */
  drainTo(file: number, at?: number): number {
    const libc = this.#open();
    if (at !== undefined) position[0] = BigInt(at);
    const where = at === undefined ? null : ptr(position);
    let poured = 0;
    while (libc && this.#held > 0) {
      const rest = this.#held;
      const count = Number(libc.splice(this.#from, null, file, where, rest, SPLICE_F_MOVE));
      if (count <= 0) break;
      this.#held -= count;
      poured += count;
    }
    return poured;
  }

  /** What is in the pipe, which is empty then. */
  takeRest(): Uint8Array {
    const bytes = new Uint8Array(this.#held);
    this.#held = 0;
    for (let done = 0; done < bytes.length;) {
      const rest = bytes.subarray(done);
      const count = Number(this.#open()?.read(this.#from, rest, rest.length) ?? -1);
      if (count <= 0) throw new Error("A pipe did not give back what it held."); // the kernel keeps it
      done += count;
    }
    return bytes;
  }

  [Symbol.dispose](): void {
    const libc = this.#from < 0 ? undefined : this.#open();
    for (const end of this.#ends) libc?.close(end);
    this.#ends.fill(-1);
    this.#missing = true;
  }

  get #from(): number {
    return this.#ends[0] ?? -1;
  }

  get #to(): number {
    return this.#ends[1] ?? -1;
  }

  /** The calls, once there is a pipe to make them on; undefined where the system has none, or no descriptors left. */
  #open(): ReturnType<typeof bindPipes> {
    if (calls === "unknown") calls = bindPipes();
    if (this.#from >= 0) return calls;
    this.#missing ||= calls?.pipe2(this.#ends, O_CLOEXEC) !== 0;
    if (this.#missing) return undefined;
    calls?.fcntl(this.#to, F_SETPIPE_SZ, SIZE); // refused to who has many pipes: it stays smaller then
    return calls;
  }
}

function bindPipes() {
  return bind({
    pipe2: { args: ["ptr", "i32"], returns: "i32" },
    fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
    splice: { args: ["i32", "ptr", "i32", "ptr", "u64", "u32"], returns: "i64" },
    read: { args: ["i32", "ptr", "u64"], returns: "i64" },
    close: { args: ["i32"], returns: "i32" },
  });
}
