// A server that opens every Q from the same port, as FTP does from port 20.

export const role = "server";
export const program = ["python3", `${import.meta.dir}/fixed_port_server.py`];
