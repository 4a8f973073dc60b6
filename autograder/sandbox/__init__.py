"""The kernel that student code runs in: its own namespaces, its own rights, its own limits.

    kernel                  what a grader uses: one kernel in a sandbox
    provisioner, kernelspec what Jupyter sees: any client can start the kernel `autograder-sandbox`
    machine                 what this machine can do, really tried
    limits, protection      what a sandbox may use, and what protects the machine from it: plain data
    scratch                 a sandbox's two folders on disk
    start/                  outside: start a sandbox, afresh or from the fork server
    watch/                  outside: measure a running sandbox, and end it
    inside/                 inside: confine the process before student code runs

Whoever calls this is on the trusted side; whatever comes out of a sandbox is not. Nothing is imported here, since the
first program in the sandbox passes by before it is confined.
"""
