"""Watch a sandbox while it runs: measure what it uses, and end it when it goes past a limit.

    watcher      the thread that starts one sandbox, measures it and ends it
    processes    a running sandbox: what it uses, and its end
    charges      what it is charged for memory that no process's size shows
    processor    how much of the processor it gets, how long it waits, whether it takes too much
    neighbours   what the sandboxes of a user tell each other
    descendants  the same for a kernel without a sandbox
    disk         how much a folder of such a kernel holds
    background   ask without waiting for an answer that student code can hold up

Student code is at work meanwhile: what is read of it here may change, vanish or be held up at any moment.
"""
