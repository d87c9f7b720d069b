// A failure is a sentence for a person, with its reply code and its exit status.

/** The exit statuses of both programs, by the kind of failure. The README lists them. */
export const EXIT = {
  ok: 0,
  other: 1,
  usage: 2,
  connect: 3,
  timeout: 4,
  login: 5,
  refused: 6,
  local: 7,
  incomplete: 8,
  protocol: 9,
} as const;

/** What went wrong: the names of the exit statuses, without `ok`. */
export type FailureKind = Exclude<keyof typeof EXIT, "ok">;

/** The reply codes for a failure (PROTOCOL.md, N7.8), with their meaning in RFC 959. */
export const FAILURE_CODES = [421, 425, 426, 450, 500, 501, 530, 550, 554] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/**
 * An error whose message is a whole sentence: what happened and, if possible, what to do.
 * `kind` chooses the exit status of a program, and `code` is the reply that a server sends on P.
 */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly kind: FailureKind,
    sentence: string,
    readonly code?: FailureCode,
  ) {
    super(sentence);
  }

  /** The exit status of a program that ends with this failure. */
  get exit(): number {
    return EXIT[this.kind];
  }
}

/** A failure on the server, which replies `code` on P. */
export function replyFailure(code: FailureCode, sentence: string): Failure {
  return new Failure("refused", sentence, code);
}

/** The kind of anything that was thrown. */
export function failureKind(error: unknown): FailureKind {
  return error instanceof Failure ? error.kind : "other";
}

/** The name of a system error, such as `ENOENT`; empty for any other error. */
export function systemCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : "";
}

/** The message of anything that was thrown. */
export function formatError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A failure of kind `local` from an error of the file system, with its code in words. */
export function localFailure(what: string, error: unknown): Failure {
  const code = systemCode(error);
  const reasons: Record<string, string> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EFBIG: "the file system takes no file of this size",
    ENOENT: "there is no such directory",
    ENOTDIR: "there is no such directory",
    ENAMETOOLONG: "the name is too long for this file system",
    EPIPE: "the program that reads it has ended",
    EIO: "the disk reports an error",
  };
  return new Failure("local", `${what}: ${reasons[code] ?? (error as Error).message}.`);
}
