"""The kernel that student code runs in: its own namespaces, its own rights, its own limits.

    limits, protection      what a sandbox may use, and what protects the machine from it: plain data
    command                 bubblewrap, and what a sandbox can see
    launch, inside          the two ends of a start: outside, and the first program in the sandbox
    landlock                the kernel's second fence, for what bubblewrap shows
    machine                 what this machine can do, really tried
    namespace, plain        the processes of a running sandbox: in namespaces, or (unprotected) as a process tree
    disk, folders, slow     what a sandbox leaves on disk; how to ask what may take long
    watch                   the thread that starts a sandbox, measures it and ends it
    provisioner, kernelspec what Jupyter sees: any client can start the kernel `autograder-sandbox`
    kernel                  what a grader uses

Whoever calls this is on the trusted side; whatever comes out of a sandbox is not. Nothing is imported here, since the
first program in the sandbox passes by before it is confined.
"""
