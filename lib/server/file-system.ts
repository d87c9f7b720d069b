// What kind of file system the served directory is on: where sizes are true, and where a call may wait for a network.

import { statfsSync } from "node:fs";

/** Their files are made up when they are read, so their sizes are wrong (statfs(2) has these numbers). */
const MADE_UP: Readonly<Record<number, string>> = {
  0x9fa0: "proc",
  0x62656572: "sysfs",
  0x27e0eb: "cgroup",
  0x63677270: "cgroup2",
  0x64626720: "debugfs",
  0x74726163: "tracefs",
  0x73636673: "securityfs",
  0x62656570: "configfs",
  0xf97cff8c: "selinuxfs",
  0x6165676c: "pstore",
};

/** What is in memory is opened there without a wait: ext2 to ext4, XFS, Btrfs, F2FS, ZFS, tmpfs, ramfs, overlayfs, squashfs, EROFS. */
const LOCAL: ReadonlySet<number> = new Set([
  ...[0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1],
  ...[0x01021994, 0x858458f6, 0x794c7630, 0x73717368, 0xe0f5e1e2],
]);

export interface FileSystem {
  /** The name of a file system whose sizes are wrong. */
  readonly madeUp: string | undefined;
  /** False for a network, for a program (FUSE), and for whatever is not known. */
  readonly isLocal: boolean;
}

/** Throws the system's error. */
export function readFileSystem(path: string): FileSystem {
  const type = process.platform === "linux" ? statfsSync(path).type >>> 0 : 0;
  return { madeUp: MADE_UP[type], isLocal: LOCAL.has(type) };
}
