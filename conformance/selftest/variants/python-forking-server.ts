// A server with a process for each client.

export const role = "server";
export const program = ["python3", `${import.meta.dir}/forking_server.py`];
