"""`autograder return`: feedback pages packed for whoever brings them to the students.

What a learning platform wants to find in the names of files stands here, and nothing that decides a score.
"""
