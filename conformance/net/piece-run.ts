// Pieces of one direction in a row, and how many moments of a timeline they become.

import type { Moment, MomentKind } from "../spec/moment.ts";
import { show } from "./bytes.ts";

const EXCERPT = 72; // bytes of a piece that are shown: enough for a reply, but not for a file
const OUTPUT_EXCERPT = 400; // bytes of what a program prints: its last line may say why it ended
/** Moments in a row of one direction; a flood that follows them is folded into the last one. */
const UNFOLDED = 6;
const LINE_FEED = 10;

const isOutput = (kind: MomentKind): boolean => kind === "stdout" || kind === "stderr";

export class PieceRun {
  #shown: Uint8Array = new Uint8Array(0);
  /** How many moments the run has. */
  #moments = 1;
  /** How many pieces its last moment stands for. */
  #pieces = 0;

  constructor(
    /** The last moment of the run. */
    public moment: Moment,
    readonly prefix: string,
    piece: Uint8Array,
  ) {
    this.#add(piece);
  }

  /** Whether the next piece belongs to the last moment: to its line, to the rest of its file, or to a flood. */
  get isOpen(): boolean {
    if (this.#moments >= UNFOLDED) return true;
    const { kind, bytes = 0 } = this.moment;
    return isOutput(kind) ? this.#shown.at(-1) !== LINE_FEED : bytes >= EXCERPT;
  }

  /** Adds a piece to the last moment. */
  join(piece: Uint8Array): void {
    this.#add(piece);
  }

  /** Begins the next moment of the run. */
  follow(moment: Moment, piece: Uint8Array): void {
    this.moment = moment;
    [this.#shown, this.#pieces] = [new Uint8Array(0), 0];
    this.#moments++;
    this.#add(piece);
  }

  #add(piece: Uint8Array): void {
    const { moment, prefix } = this;
    const all = Buffer.concat([this.#shown, piece]);
    this.#shown = isOutput(moment.kind)
      ? all.subarray(-OUTPUT_EXCERPT)
      : all.subarray(0, 2 * EXCERPT);
    this.#pieces++;
    moment.bytes = (moment.bytes ?? 0) + piece.length;
    moment.text = `${prefix}${this.#describe(moment)}`;
  }

  #describe({ kind, bytes = 0 }: Moment): string {
    if (!isOutput(kind))
      return `${show(this.#shown, EXCERPT, bytes)}${this.#isFlood ? `, in ${this.#pieces} pieces` : ""}`;
    const isCut = bytes > this.#shown.length;
    return `${isCut ? "at last " : ""}${show(this.#shown, OUTPUT_EXCERPT)}`;
  }

  get #isFlood(): boolean {
    return this.#moments >= UNFOLDED && this.#pieces > 1;
  }
}
