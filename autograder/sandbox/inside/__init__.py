"""What runs inside a sandbox, before student code does: it gives up rights, reports, and becomes an ipykernel.

    first       the first program in a fresh sandbox
    serve       the fork server's program: forks a kernel into a sandbox of its own
    setup       what these are told from outside, and what they report
    landlock    which files a process may use, and whom it may signal
    seccomp     which system calls it may make
    namespaces  namespaces, mounts and capabilities of its own, for a fork
    libc        the C library's functions that Python lacks

Nothing here imports what is outside: only plain data comes in, by a file that is open at the start.
"""
