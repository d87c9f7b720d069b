// One event of an attempt, as data: reports and drawings read these fields, and never the text.

/** Where it happened: a connection, the subject itself, or the suite's own remark. */
export type Track = "P" | "Q" | "subject" | "suite";
/** Who did it: the subject, or the suite that plays its peer. */
export type Actor = "subject" | "suite";
export type MomentKind =
  | "SYN"
  | "data"
  | "FIN"
  | "RST"
  | "start"
  | "stdout"
  | "stderr"
  | "signal"
  | "exit"
  | "note"
  | "call";
/** What became of a connection that the suite opened or closed. */
export type MomentOutcome = "connected" | "refused" | "timeout" | "closed";

export interface Moment {
  /** Milliseconds since the attempt began. */
  at: number;
  track: Track;
  actor: Actor;
  kind: MomentKind;
  text: string;
  /** How many bytes the moment stands for, if it stands for bytes. */
  bytes?: number;
  outcome?: MomentOutcome;
  /** The suite cannot know the order of this moment and those of the other tracks right before it. */
  isSimultaneous?: boolean;
}

/** What proves a verdict: a moment, or a track, which means the last thing that the subject did there. */
export type Evidence = Exclude<Track, "suite"> | Moment;
