// An honest server in another language, on other sockets.

export const role = "server";
export const program = ["python3", `${import.meta.dir}/ftserver.py`];
