// An honest client in another language, on other sockets.

export const role = "client";
export const program = ["python3", `${import.meta.dir}/ftclient.py`];
