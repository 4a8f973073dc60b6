"""Start a sandbox, from outside.

    bubblewrap  which `bwrap` program to use
    view        which paths of the machine a sandbox sees
    arguments   bubblewrap's command line
    pipes       open files between this process and one that starts
    launch      a fresh sandbox
    folders     the two folders of a running sandbox, which lie in memory: filled, and read from outside
    pool        the folder that submissions' folders are made in, where a fork server sees them
    server      one fork server, from outside
    forkserver  which fork server a sandbox is forked from, and a fresh start where there can be none

A start gives what the sandbox reported of itself before any student code ran.
"""
