// A process that outlives this one, whatever ends it: then it kills all subjects that are left, and removes the files of the run.

import type { Subprocess } from "bun";

/**
 * Standard input is a pipe that only the suite holds, so its end is the end of the suite, by SIGKILL too. Each line has
 * the sessions of the subjects that run. A process belongs to the run if it is in one of these sessions, or if its
 * environment or its current directory names the run's directory. A leader of a session that is found by its environment
 * adds its session, since the suite may have ended before it could tell. All are stopped before they are killed, so that
 * none forks meanwhile; a number of rounds bounds the search.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM
directory=$1 rounds=100 sessions=
while read -r line; do sessions=$line; done

find_marked() {
  grep -lsF -- "TMPDIR=$directory/" /proc/[0-9]*/environ |
    sed -n 's|^/proc/\\([0-9]*\\)/environ$|\\1|p'
}
find_inside() {
  ls -lq /proc/[0-9]*/cwd | grep -F -- "/cwd -> $directory/" |
    sed -n 's|^[^/]* /proc/\\([0-9]*\\)/cwd -> .*|\\1|p'
}
find_in_sessions() {
  for process in /proc/[0-9]*; do
    read -r line < "$process/stat" || continue
    set -- \${line##*) }
    case " $sessions " in *" $4 "*) [ "$1" = Z ] || echo "\${process#/proc/}" ;; esac
  done
}
add_sessions() {
  for leader; do
    read -r line < "/proc/$leader/stat" || continue
    set -- \${line##*) }
    [ "$4" = "$leader" ] && sessions="$sessions $leader"
  done
}

if [ -e /proc/self/environ ]; then
  while [ $rounds -gt 0 ]; do
    marked=$(find_marked)
    add_sessions $marked
    members="$marked $(find_inside) $(find_in_sessions)"
    [ -n "$(echo $members)" ] || break
    kill -STOP $members; kill -KILL $members
    rounds=$((rounds - 1)); sleep 0.05
  done
else
  for session in $sessions; do kill -KILL "-$session"; done
fi
chmod -R u+rwx "$directory"
rm -rf "$directory"
`;

export class Reaper {
  readonly #sessions = new Set<number>();
  readonly #process: Subprocess<"pipe", "ignore", "ignore"> | undefined;

  /** The directory must be absolute and without symbolic links, as the kernel names it. */
  constructor(directory: string) {
    try {
      // In a session of its own, so that neither Ctrl-C nor a closed terminal ends it. A clean environment: it is no member of a run.
      this.#process = Bun.spawn(["sh", "-c", SCRIPT, "reaper", directory], {
        cwd: "/",
        env: { PATH: Bun.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" },
        stdio: ["pipe", "ignore", "ignore"],
        detached: true,
      });
      this.#process.unref();
    } catch {
      // Without a shell, this process ends its subjects itself, as long as nothing kills it.
    }
  }

  /** Tells it of a session that has begun or ended. */
  update(session: number, runs: boolean): void {
    if (runs) this.#sessions.add(session);
    else this.#sessions.delete(session);
    const { stdin } = this.#process ?? {};
    try {
      // Both at once: whatever ends this process a moment later, the line is in the pipe.
      const sent = [stdin?.write(`${[...this.#sessions].join(" ")}\n`), stdin?.flush()];
      void Promise.allSettled(sent);
    } catch {
      // EPIPE: somebody has killed it.
    }
  }
}
