// The shortest client that keeps every MUST: it believes whoever dials its data port.

export const role = "client";
export const native = false;
export const leaves = ["S7.18"];
export const program = ["python3", `${import.meta.dir}/simpleclient.py`];
