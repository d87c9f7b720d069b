// A correct server in another language, with other sockets.

export const role = "server";
export const program = ["python3", `${import.meta.dir}/ftserver.py`];
