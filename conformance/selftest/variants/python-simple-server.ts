// The shortest server that keeps every MUST: it serves one client at a time and closes P first.

export const role = "server";
export const native = false;
export const leaves = ["S8.5", "S9.4"];
export const program = ["python3", `${import.meta.dir}/simple_server.py`];
