// A server whose end of Q has always the same port, as FTP's port 20.

export const role = "server";
export const program = ["python3", `${import.meta.dir}/fixedport.py`];
