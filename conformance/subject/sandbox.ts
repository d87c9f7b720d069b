// Seals a program under test with bubblewrap: it sees the programs of the system and its own files, and no other user, process or home.

import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname } from "node:path";

/** What a sealed program may see besides the programs of the system. */
export interface Seal {
  /** Files of the submission, as the program sees them, and the writable copies that stand for them. */
  readonly copies: readonly { readonly at: string; readonly copy: string }[];
}

/** Where a sealed program runs. */
interface Place {
  readonly directory: string;
  /** It may write here, and nowhere else but in /tmp. */
  readonly writable: readonly string[];
  readonly path: string;
}

/** No user of this machine has this number. */
const NOBODY = "65533";
/** For the temporary files of one program, and for what its processes share, in bytes. */
const TEMPORARY = 128 * 1024 ** 2;
const SHARED = 32 * 1024 ** 2;
/** For the test whether bubblewrap works here, in ms. */
const PROBE_LIMIT = 5_000;
/** Directories of the system that hold programs and libraries. */
const SYSTEM = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];
/** What programs read in /etc: names of hosts and users, where libraries are, which program stands for another. No secret is there. */
const SETTINGS = [
  "alternatives",
  "group",
  "hosts",
  "java-17-openjdk",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "nsswitch.conf",
  "passwd",
  "ssl/certs",
  "ssl/openssl.cnf",
];
/** Bytes of a file, open files, processes, and seconds of a processor for one program; a core would fill the disk. */
const LIMITS = ["--fsize=67108864", "--nofile=1024", "--nproc=300", "--cpu=300", "--core=0"];

/**
 * Starts the program, and reports its status on descriptor 3. It stays while other processes are left, since its end would
 * end them, and a server must end its own. A shell ignores SIGINT for what it starts in the background: `env` undoes that.
 */
const INIT = `env --default-signal=INT,QUIT "$@" <&0 3>&- &
wait $!; echo $? >&3; exec 3>&- </dev/null >/dev/null 2>&1
while set -- /proc/[0-9]*; [ $# -gt 2 ]; do sleep 0.1; done`;

/** The command line that runs another one sealed. */
export function sealCommand(line: readonly string[], { copies }: Seal, place: Place): string[] {
  const { directory, writable, path } = place;
  return [
    ...["bwrap", "--unshare-user", "--uid", NOBODY, "--gid", NOBODY],
    ...["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
    ...["--die-with-parent", "--ro-bind", "/usr", "/usr"],
    ...SYSTEM.flatMap((name) => bindSystem(`/${name}`)),
    ...SETTINGS.flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...["--size", `${SHARED}`, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
    ...["--size", `${TEMPORARY}`, "--tmpfs", "/tmp"],
    ...listTools(line[0] ?? "", path, copies).flatMap((tool) => ["--ro-bind", tool, tool]),
    ...copies.flatMap(({ at, copy }) => ["--bind", copy, at]),
    ...writable.flatMap((each) => ["--bind", each, each]),
    ...["--remount-ro", "/", "--setenv", "HOME", "/tmp", "--chdir", directory],
    ...["prlimit", ...LIMITS, "sh", "-c", INIT, "sh", ...line],
  ];
}

/** On most systems these are links into /usr. */
function bindSystem(path: string): string[] {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (!status) return [];
  return status.isSymbolicLink()
    ? ["--symlink", readlinkSync(path), path]
    : ["--ro-bind", path, path];
}

/** Interpreters outside of the system: the directories of PATH, and where their programs really are. No home as a whole. */
function listTools(program: string, path: string, copies: Seal["copies"]): string[] {
  const directories = path.split(":").filter((each) => each.startsWith("/") && existsSync(each));
  const found = Bun.which(program, { PATH: path });
  const isOwn = copies.some(({ at }) => `${found}/`.startsWith(`${at}/`));
  const real = found && !isOwn ? [dirname(dirname(realpathSync(found)))] : [];
  // The programs of pyenv and others are in a directory beside this one.
  const kin = directories.map((each) => (each.endsWith("/shims") ? dirname(each) : each));
  return [...new Set([...kin, ...real])].filter((each) => !isSystem(each) && !isHome(each));
}

const isSystem = (path: string): boolean =>
  path === "/" || ["usr", ...SYSTEM].some((name) => `${path}/`.startsWith(`/${name}/`));

/** Whether somebody's private files are under it. */
const isHome = (path: string): boolean => `${homedir()}/`.startsWith(`${path}/`);

let isKnown: boolean | undefined;

/** Whether bubblewrap is there, and may make a sandbox within a network of its own. */
export function canSeal(): boolean {
  isKnown ??= Bun.which("bwrap") !== null && probe();
  return isKnown;
}

function probe(): boolean {
  const place = { directory: "/tmp", writable: [], path: "/usr/bin:/bin" };
  const command = [...isolateNetwork("/tmp"), ...sealCommand(["true"], { copies: [] }, place)];
  const { success } = Bun.spawnSync(command, {
    stdio: ["ignore", "ignore", "ignore"],
    timeout: PROBE_LIMIT,
  });
  return success;
}

/** All files of a run, in bytes: they are in memory, where the kernel keeps the bound. */
const RUN_FILES = 1024 ** 3;

/** The words before the command that judges: a network of its own, and a directory for all files of its run. */
export const isolateNetwork = (directory: string): string[] => [
  // What attacks the processor must not slow down what runs beside it.
  ...["nice", "-n", "10", "bwrap", "--unshare-net", "--dev-bind", "/", "/"],
  ...["--size", `${RUN_FILES}`, "--tmpfs", directory, "--die-with-parent"],
];
