// The shortest server that keeps every MUST: one client at a time, and P closed when all is done.

export const role = "server";
export const native = false;
export const leaves = ["S8.5", "S9.4"];
export const program = ["python3", `${import.meta.dir}/simpleserver.py`];
