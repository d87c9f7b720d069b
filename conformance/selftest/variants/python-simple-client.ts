// The shortest client that keeps every MUST: it accepts anybody on its data port.

export const role = "client";
export const native = false;
export const leaves = ["S7.18"];
export const program = ["python3", `${import.meta.dir}/simple_client.py`];
