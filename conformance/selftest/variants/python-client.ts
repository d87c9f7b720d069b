// A correct client in another language, with other sockets.

export const role = "client";
export const program = ["python3", `${import.meta.dir}/ftclient.py`];
