"""The kernel that holds a student's code, seen from the trusted side: start it, run cells, ask it for plain data.

`answers` alone runs inside that kernel. Whatever comes out of it is a stranger's data: bounded, and never unpickled.
"""
