// A server with one process a client.

export const role = "server";
export const program = ["python3", `${import.meta.dir}/forking.py`];
