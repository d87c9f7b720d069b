// A pipe between a socket and a file: bytes move through it inside the kernel, with no copy in user space (splice(2)).

import { ptr } from "bun:ffi";
import { bind } from "./libc.ts";

/** The capacity of a pipe in bytes: the most that Linux allows to every user (pipe(7)). With less, the kernel is called more often. */
const CAPACITY = 1024 * 1024;

const F_SETPIPE_SZ = 1031;
const O_CLOEXEC = 0o2000000;
const SPLICE_F_MOVE = 1;
const SPLICE_F_NONBLOCK = 2;

/** The calls are bound when the first pipe is needed: a small transfer needs none. */
let calls: ReturnType<typeof bindPipes> | "unknown" = "unknown";

/** The offset in the file, in the form that the kernel expects. */
const position = new BigInt64Array(1);

/** Its two descriptors are opened when they are first needed. Disposing of it closes them. */
export class Pipe implements Disposable {
  readonly #ends = new Int32Array([-1, -1]);
  #isUnusable = false;
  #bytes = 0;

  /** Moves at most `max` bytes from `socket` into the pipe, without waiting. Returns how many: 0 if there are none or it cannot. */
  fill(socket: number, max: number): number {
    const libc = this.#open();
    const count = Math.min(max, CAPACITY - this.#bytes);
    if (!libc || count <= 0) return 0;
    const flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
    const moved = Number(libc.splice(socket, null, this.#to, null, count, flags));
    this.#bytes += Math.max(0, moved);
    return Math.max(0, moved);
  }

  /** Moves all bytes into `file`, at an offset or at its own position. Returns how many it took; `takeRest` has the others. */
  drainTo(file: number, offset?: number): number {
    const libc = this.#open();
    if (offset !== undefined) position[0] = BigInt(offset);
    const address = offset === undefined ? null : ptr(position);
    let moved = 0;
    while (libc && this.#bytes > 0) {
      const rest = this.#bytes;
      const count = Number(libc.splice(this.#from, null, file, address, rest, SPLICE_F_MOVE));
      if (count <= 0) break;
      this.#bytes -= count;
      moved += count;
    }
    return moved;
  }

  /** The bytes in the pipe, which is empty afterwards. */
  takeRest(): Uint8Array {
    const bytes = new Uint8Array(this.#bytes);
    this.#bytes = 0;
    for (let done = 0; done < bytes.length;) {
      const rest = bytes.subarray(done);
      const count = Number(this.#open()?.read(this.#from, rest, rest.length) ?? -1);
      if (count <= 0) throw new Error("A pipe did not give back its bytes."); // the kernel never loses them
      done += count;
    }
    return bytes;
  }

  [Symbol.dispose](): void {
    const libc = this.#from < 0 ? undefined : this.#open();
    for (const end of this.#ends) libc?.close(end);
    this.#ends.fill(-1);
    this.#isUnusable = true;
  }

  get #from(): number {
    return this.#ends[0] ?? -1;
  }

  get #to(): number {
    return this.#ends[1] ?? -1;
  }

  /** Opens the pipe if necessary, and returns the calls; undefined if the system has no such calls or no descriptors left. */
  #open(): ReturnType<typeof bindPipes> {
    if (calls === "unknown") calls = bindPipes();
    if (this.#from >= 0) return calls;
    this.#isUnusable ||= calls?.pipe2(this.#ends, O_CLOEXEC) !== 0;
    if (this.#isUnusable) return undefined;
    calls?.fcntl(this.#to, F_SETPIPE_SZ, CAPACITY); // refused if the user has many pipes; this one then stays smaller
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
