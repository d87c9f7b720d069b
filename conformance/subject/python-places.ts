// What a Python program under strace runs before its own code: it names the line of each call that strace shows.

/** How such a name begins; it is written to a descriptor that does not exist, where only strace sees it. */
export const PLACE_MARK = "ft-line ";

/** The module sitecustomize, which Python imports by itself. The program's own frames are those outside of its library. */
export const PYTHON_PLACES = `import os, sys, threading
NAMES = frozenset("""recv recv_into recvfrom recvmsg send sendall sendto sendmsg sendfile _accept bind listen connect
connect_ex shutdown close detach setsockopt open read readline readlines readinto write writelines flush print fork
waitpid wait __exit__ copyfileobj""".split())
LIBRARY = tuple({os.path.dirname(os.__file__), sys.base_prefix + os.sep, "<"})
def find(frame):
    while frame and frame.f_code.co_filename.startswith(LIBRARY):
        frame = frame.f_back
    return frame
def watch(frame, event, function):
    if event != "c_call" or getattr(function, "__name__", "") not in NAMES:
        return
    own = find(frame)
    if own:
        code = own.f_code
        place = f"${PLACE_MARK}{os.path.basename(code.co_filename)}:{own.f_lineno}:{code.co_name}:{function.__name__}"
        try:
            os.write(-1, place.encode())
        except OSError:
            pass
threading.setprofile(watch)
sys.setprofile(watch)
`;
